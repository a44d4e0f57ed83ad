"""What the engine says, in the language of the window.

The engine speaks English and knows no Qt. Each of its sentences has a shape with numbered holes; the shape is what
translators see, and what a message is recognised by. So sentences can be translated that were stored or have
crossed threads as text. tests/app/test_engine_words.py reads the engine's code and fails for a sentence without a
shape here; a German one is then missing too.
"""

import re
from collections.abc import Callable
from functools import cache

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

SENTENCES = (
    QT_TRANSLATE_NOOP("Engine", "{0} is not a folder"),
    QT_TRANSLATE_NOOP("Engine", "the target is {0} times the source, {1} reaches at most x{2}"),
    QT_TRANSLATE_NOOP("Engine", "the device {0} is not here: this machine has {1}"),
    QT_TRANSLATE_NOOP("Engine", "the range starts at {0}, need 0 or more"),
    QT_TRANSLATE_NOOP("Engine", "the range {0}-{1} holds no frame: its end must be the larger"),
    QT_TRANSLATE_NOOP("Engine", "numbered pictures hold no chapters"),
    QT_TRANSLATE_NOOP("Engine", "{0} does not fit into {1}"),
    QT_TRANSLATE_NOOP("Engine", "the attachment {0} does not fit into {1}"),
    QT_TRANSLATE_NOOP("Engine", "{0} is not carried over"),
    QT_TRANSLATE_NOOP("Engine", "{0} can no longer be read"),
    QT_TRANSLATE_NOOP("Engine", "a {0} file cannot hold {1}; it takes {2}"),
    QT_TRANSLATE_NOOP("Engine", "{0} ends in {1}, which cannot be written; use one of {2}"),
    QT_TRANSLATE_NOOP("Engine", "{0} is one picture; a film needs numbered files such as {1}_%06d{2}"),
    QT_TRANSLATE_NOOP("Engine", "{0} has a number pattern, which only .png and .tiff targets take"),
    QT_TRANSLATE_NOOP("Engine", "{0} does not take the pixel format {1}; it takes {2}"),
    QT_TRANSLATE_NOOP("Engine", "H.264 ends at {0} pixels a side, the film has {1}x{2}; use H.265"),
    QT_TRANSLATE_NOOP("Engine", "AV1 ends at {0}x{1} pixels, the film has {2}x{3}"),
    QT_TRANSLATE_NOOP("Engine", "the rate factor is {0}, {1} takes 0 to {2}"),
    QT_TRANSLATE_NOOP("Engine", "{0} has no rate factor (crf); leave it out"),
    QT_TRANSLATE_NOOP("Engine", "{0} needs even sizes: {1} by repeating the edge"),
    QT_TRANSLATE_NOOP("Engine", "{0} ({1}) holds no transparency; it is dropped"),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{0} cannot carry the HDR mastering data here; it is dropped, the colour tags stay",
    ),
    QT_TRANSLATE_NOOP("Engine", "HDR in {0} bits shows bands; use a 10-bit pixel format"),
    QT_TRANSLATE_NOOP("Engine", "{0} cannot carry {1} here; players will show square pixels"),
    QT_TRANSLATE_NOOP("Engine", "the segments hold {0} frames, the film has {1}"),
    QT_TRANSLATE_NOOP("Engine", "{0} reorders frames further than {1}: frame {2}"),
    QT_TRANSLATE_NOOP(
        "Engine",
        "the sound starts before the picture, so the whole film starts {0} ms later in MKV",
    ),
    QT_TRANSLATE_NOOP(
        "Engine",
        "MKV stores times in whole milliseconds; MP4 and MOV keep the source's exact ones",
    ),
    QT_TRANSLATE_NOOP("Engine", "{0} holds a video stream, but not one frame of it can be decoded"),
    QT_TRANSLATE_NOOP("Engine", "{0} is a folder, not a video file"),
    QT_TRANSLATE_NOOP("Engine", "there is no file {0}"),
    QT_TRANSLATE_NOOP("Engine", "{0} is a device or pipe, not a video file"),
    QT_TRANSLATE_NOOP("Engine", "{0} is empty (0 bytes)"),
    QT_TRANSLATE_NOOP("Engine", "{0} holds no video"),
    QT_TRANSLATE_NOOP("Engine", "{0} holds video of a kind that cannot be decoded"),
    QT_TRANSLATE_NOOP("Engine", "{0} cannot be read as a video: it is damaged"),
    QT_TRANSLATE_NOOP("Engine", "{0} is not a video file that can be read"),
    QT_TRANSLATE_NOOP("Engine", "{0} cannot be opened: no permission to read it"),
    QT_TRANSLATE_NOOP("Engine", "{0} is incomplete: the part that lists its frames is missing ({1})"),
    QT_TRANSLATE_NOOP("Engine", "{0} holds sound only, no video"),
    QT_TRANSLATE_NOOP("Engine", "{0} has changed: frame {1} is no longer where it was"),
    QT_TRANSLATE_NOOP("Engine", "no file matches {0} in {1}"),
    QT_TRANSLATE_NOOP("Engine", "{0} is no numbered pattern such as frame_%04d.png"),
    QT_TRANSLATE_NOOP("Engine", "{0} has no film in stream {1}"),
    QT_TRANSLATE_NOOP("Engine", "the file holds no time stamps; its frames are shown at {0} per second"),
    QT_TRANSLATE_NOOP("Engine", "the file is cut off: {0} of {1} seconds are there"),
    QT_TRANSLATE_NOOP("Engine", "files are missing from the sequence: {0}, the first is number {1}"),
    QT_TRANSLATE_NOOP("Engine", "{0} of {1} frames are damaged in the file"),
    QT_TRANSLATE_NOOP("Engine", "{0} pieces of the video cannot be decoded and are lost"),
    QT_TRANSLATE_NOOP("Engine", "{0} frames have another size; they are scaled to {1}"),
    QT_TRANSLATE_NOOP("Engine", "colours may be off: matrix {0} of H.273 is not supported"),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{0} of {1} time stamps were missing, repeated or went back; they are mended",
    ),
    QT_TRANSLATE_NOOP("Engine", "{0} of {1} frames are interlaced"),
    QT_TRANSLATE_NOOP("Engine", "{0} cannot be encoded as asked ({1}: {2})"),
    QT_TRANSLATE_NOOP("Engine", "{0} is no video encoder"),
    QT_TRANSLATE_NOOP("Engine", "the disk of {0} is full: {1} could not be written"),
    QT_TRANSLATE_NOOP("Engine", "{0} cannot be written in {1}: {2}"),
    QT_TRANSLATE_NOOP("Engine", "{0} is written outside its context"),
    QT_TRANSLATE_NOOP("Engine", "{0}: {1} frames went in, {2} came out"),
    QT_TRANSLATE_NOOP("Engine", "{0} does not encode {1}x{2} frames as {3}"),
    QT_TRANSLATE_NOOP("Engine", "the weights {0} of {1} cannot be read: {2}"),
    QT_TRANSLATE_NOOP(
        "Engine",
        "A window left the range of half precision and was computed again in full precision.",
    ),
    QT_TRANSLATE_NOOP("Engine", "{0}: not a readable tokenizer (vocab.json lacks {1})"),
    QT_TRANSLATE_NOOP("Engine", "{0}: not a readable tokenizer ({1})"),
    QT_TRANSLATE_NOOP("Engine", "the window is {0} frames, {1} takes {2}"),
    QT_TRANSLATE_NOOP("Engine", "there are {0} steps, {1} takes at most {2}"),
    QT_TRANSLATE_NOOP("Engine", "{0}: the file is damaged (sha256 {1}, need {2})"),
    QT_TRANSLATE_NOOP("Engine", "{0}: holds a {1}, need a dictionary of tensors"),
    QT_TRANSLATE_NOOP("Engine", "{0}: not a readable weight file ({1})"),
    QT_TRANSLATE_NOOP("Engine", "{0}: not a {1}: it {2} {3}{4}"),
    QT_TRANSLATE_NOOP("Engine", "{0}: not the settings of a text encoder ({1})"),
    QT_TRANSLATE_NOOP("Engine", "{0}: not readable ({1})"),
    QT_TRANSLATE_NOOP("Engine", "{0}: {1} is {2}, need {3}"),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{0} broke off {1} times ({2}): run the same command again to go on from there",
    ),
    QT_TRANSLATE_NOOP("Engine", "{0} cannot be reached ({1}): go online, or import files you have"),
    QT_TRANSLATE_NOOP("Engine", "{0} cannot be had now: {1}; try again later"),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{0} arrived damaged (sha256 {1}, need {2}): nothing of it was kept, try again",
    ),
    QT_TRANSLATE_NOOP("Engine", "{0} comes with Evenstar and cannot be removed"),
    QT_TRANSLATE_NOOP("Engine", "{0} comes under {1}: read and accept these terms first"),
    QT_TRANSLATE_NOOP(
        "Engine",
        "the hub offers another {0} than the one known here (sha256 {1}, need {2}): "
        "remove the model first if that is meant",
    ),
    QT_TRANSLATE_NOOP("Engine", "{0} needs {1} more in {2}, where {3} are free"),
    QT_TRANSLATE_NOOP("Engine", "{0} comes with Evenstar: there is nothing to import"),
    QT_TRANSLATE_NOOP("Engine", "{0} does not exist"),
    QT_TRANSLATE_NOOP("Engine", "{0} holds no file of {1}: need {2}"),
    QT_TRANSLATE_NOOP("Engine", "{0} and {1} could both be {2}: import one of them by name"),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{0} is not the {1} that is known here (sha256 {2}, need {3}): remove the model "
        "first if the change is meant",
    ),
    QT_TRANSLATE_NOOP("Engine", "cannot delete {0}: {1}"),
    QT_TRANSLATE_NOOP("Engine", "the hub sends the request for {0} in circles"),
    QT_TRANSLATE_NOOP("Engine", "{0} refuses {1} with answer {2}"),
    QT_TRANSLATE_NOOP("Engine", "{0} is {1}, need an address such as {2}"),
    QT_TRANSLATE_NOOP("Engine", "the hub does not say how large {0} is: fetch and import it by hand"),
    QT_TRANSLATE_NOOP("Engine", "the hub announces no checksum for {0}: fetch and import it by hand"),
    QT_TRANSLATE_NOOP("Engine", "the hub sends {0} to an unprotected address, which is not followed"),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{0} gives {1} only to people who logged in and accepted its terms there: fetch "
        "{2} with a browser and import the file",
    ),
    QT_TRANSLATE_NOOP("Engine", "{0} does not have {1} any more: {2} answers {3}"),
    QT_TRANSLATE_NOOP("Engine", "the hub announced {0} bytes for {1} and sends {2}: nothing was taken"),
    QT_TRANSLATE_NOOP("Engine", "cannot read or write {0}: {1}"),
    QT_TRANSLATE_NOOP("Engine", "the disk of {0} is full: make room, then run the same command again"),
    QT_TRANSLATE_NOOP("Engine", "the hub sends more of {0} than it announced"),
    QT_TRANSLATE_NOOP("Engine", "there is no model {0}: choose one of {1}"),
    QT_TRANSLATE_NOOP("Engine", '{0}: not a weight file: need tensors by name, bare or under "module"'),
    QT_TRANSLATE_NOOP("Engine", "{0}: not a converted checkpoint ({1})"),
    QT_TRANSLATE_NOOP("Engine", "{0} of {1} is {2}: run `evenstar models download {3}`"),
    QT_TRANSLATE_NOOP("Engine", "{0} was not checked yet: run `evenstar models verify {1}`"),
    QT_TRANSLATE_NOOP("Engine", "{0} is damaged ({1}): delete it, then verify the models again"),
    QT_TRANSLATE_NOOP("Engine", "cannot write to {0}: {1}"),
    QT_TRANSLATE_NOOP("Engine", "another Evenstar is working on the weights in {0}: wait until it is done"),
    QT_TRANSLATE_NOOP("Engine", "cannot read {0}: {1}"),
    QT_TRANSLATE_NOOP("Engine", "{0} needs at least {1} MB for one tile, the budget is {2} MB"),
    QT_TRANSLATE_NOOP("Engine", "there is no preset {0}; there are: {1}"),
    QT_TRANSLATE_NOOP("Engine", "a preset needs a name"),
    QT_TRANSLATE_NOOP("Engine", "the preset {0} holds no settings"),
    QT_TRANSLATE_NOOP("Engine", "the preset {0} has schema {1}, need {2}"),
    QT_TRANSLATE_NOOP("Engine", "the preset {0} has no name"),
    QT_TRANSLATE_NOOP("Engine", "the settings in {0} are not a table of names and values"),
    QT_TRANSLATE_NOOP("Engine", "{0} in {1} is {2}, need {3}"),
    QT_TRANSLATE_NOOP("Engine", "{0} holds the unknown setting {1}"),
    QT_TRANSLATE_NOOP("Engine", "the preset {0} cannot be read: {1}"),
    QT_TRANSLATE_NOOP("Engine", "the preset {0} is not valid JSON: {1}"),
    QT_TRANSLATE_NOOP("Engine", "{0} in {1} is {2}, need one of {3}"),
    QT_TRANSLATE_NOOP("Engine", "there is no frame {0}: the clip has {1} frames"),
    QT_TRANSLATE_NOOP("Engine", "there is not enough memory for {0} even with the smallest tiles"),
    QT_TRANSLATE_NOOP("Engine", "Not enough memory for this tile size: continued with smaller tiles."),
    QT_TRANSLATE_NOOP("Engine", "{0} is {1}, need {2}"),
    QT_TRANSLATE_NOOP("Engine", "give either a scale or a short side, not both"),
    QT_TRANSLATE_NOOP("Engine", "the range {0}-{1} is not in the clip: it has {2} frames"),
    QT_TRANSLATE_NOOP("Engine", "another run of Evenstar is working on {0}"),
    QT_TRANSLATE_NOOP("Engine", "cannot write beside {0}: {1}"),
    QT_TRANSLATE_NOOP("Engine", "{0} is a folder: give a file name"),
    QT_TRANSLATE_NOOP("Engine", "{0} is the source itself: choose another name"),
    QT_TRANSLATE_NOOP("Engine", "{0} exists already: choose another name, or overwrite it"),
    QT_TRANSLATE_NOOP("Engine", "cannot write {0}: {1}"),
    QT_TRANSLATE_NOOP("Engine", "the finished film broke a promise: {0} is {1}, need {2}"),
    QT_TRANSLATE_NOOP("Engine", "frame {0} does not look like its source: {1} dB, need {2}"),
    QT_TRANSLATE_NOOP("Engine", "damaged or missing: {0}; download or import again"),
    QT_TRANSLATE_NOOP("Engine", "no clip is open"),
    QT_TRANSLATE_NOOP("Engine", "The preferences could not be read and were set aside as {0}."),
    QT_TRANSLATE_NOOP("Engine", "The queue could not be read and was set aside as {0}."),
    QT_TRANSLATE_NOOP("Engine", "HDR (up to {0} cd/m2) is tone-mapped to SDR, BT.709"),
    QT_TRANSLATE_NOOP("Engine", "the source is SDR already: there is nothing to tone-map"),
    QT_TRANSLATE_NOOP("Engine", "deinterlacing is off: comb lines stay in the film"),
    QT_TRANSLATE_NOOP("Engine", "the fields of each film frame are put together before it is restored"),
    QT_TRANSLATE_NOOP("Engine", "the frames are deinterlaced before they are restored"),
    QT_TRANSLATE_NOOP(
        "Engine",
        "film spread over fields (3:2 pulldown): they are put together; choose film to drop repeats too",
    ),
    QT_TRANSLATE_NOOP(
        "Engine", "the file names the wrong field first; what moves shows the true order, which is used"
    ),
    QT_TRANSLATE_NOOP("Engine", "the file says that it is interlaced, but its frames are whole"),
    QT_TRANSLATE_NOOP("Engine", "the film's own {0} frames are taken out of {1}: 3:2 pulldown is undone"),
    QT_TRANSLATE_NOOP("Engine", "the frames are interlaced, bottom field first"),
    QT_TRANSLATE_NOOP("Engine", "the frames are interlaced, top field first"),
    QT_TRANSLATE_NOOP(
        "Engine", "{0} shows no 3:2 pulldown that can be undone: choose deinterlacing on, off or auto"
    ),
    QT_TRANSLATE_NOOP("Engine", "{0} is an animated WebP, which cannot be decoded: convert it to GIF or MP4"),
    QT_TRANSLATE_NOOP("Engine", "frame {0} shows frame {1} of the source instead"),
    QT_TRANSLATE_NOOP(
        "Engine",
        "the disk has ample room: restored frames are kept until the film is finished, for other export settings",
    ),
    QT_TRANSLATE_NOOP(
        "Engine",
        "the disk has no ample room: restored frames are not kept, other export settings need a new run",
    ),
    QT_TRANSLATE_NOOP("Engine", "{0} needs about {1} on its disk while it is made, {2} are free"),
    QT_TRANSLATE_NOOP("Engine", "the disk of {0} is full: the job waits until {1} more are free"),
    QT_TRANSLATE_NOOP("Engine", "there is room on the disk again: the job goes on"),
    QT_TRANSLATE_NOOP("Engine", "the disk of {0} is full"),
    QT_TRANSLATE_NOOP("Engine", "cannot write into {0}: {1}"),
    QT_TRANSLATE_NOOP(
        "Engine",
        "The model is kept in 8 bits to fit the memory: the film differs slightly from one made with more memory.",
    ),
    QT_TRANSLATE_NOOP("Engine", "The prompt was read from {0}."),
    QT_TRANSLATE_NOOP("Engine", "weights cannot be kept as {0} here"),
    QT_TRANSLATE_NOOP("Engine", "cannot convert {0}: {1}"),
    QT_TRANSLATE_NOOP("Engine", "cannot keep the prompt's embeddings in {0}: {1}"),
    QT_TRANSLATE_NOOP("Engine", "cannot keep {0}: {1}"),
    QT_TRANSLATE_NOOP("Engine", "{0} cannot be read as text: {1}"),
    QT_TRANSLATE_NOOP("Engine", "the id is {0}, need a new one of a-z, 0-9 and dashes"),
    QT_TRANSLATE_NOOP(
        "Engine",
        "the network's result is not finite: its weights, or too little memory to repeat it, are to blame",
    ),
    QT_TRANSLATE_NOOP("Engine", "{0} in the segment store is damaged: {1}"),
    QT_TRANSLATE_NOOP("Engine", "{0} is no model description ({1}: {2})"),
    QT_TRANSLATE_NOOP("Engine", "{0}: the prompt has {1} characters, need at most {2}"),
    QT_TRANSLATE_NOOP("Engine", "{0} is of another version, or has unknown entries {1}"),
    QT_TRANSLATE_NOOP("Engine", "{0} is too large for a file of prompts (more than 1 MiB)"),
    QT_TRANSLATE_NOOP("Engine", "{0}: found {1} columns, need file,prompt or file,first frame,prompt"),
    QT_TRANSLATE_NOOP("Engine", "there is not enough memory to restore {0}"),
    QT_TRANSLATE_NOOP("Engine", "there is not enough memory to load {0}"),
    QT_TRANSLATE_NOOP(
        "Engine", "Not enough memory to load the model as planned: its weights are kept smaller."
    ),
    QT_TRANSLATE_NOOP("Engine", "{0} has changed while it was restored: start again"),
    QT_TRANSLATE_NOOP("Engine", "{0} can no longer be read: {1}"),
    QT_TRANSLATE_NOOP("Engine", "the disk of {0} is full: {1} has no name yet"),
    QT_TRANSLATE_NOOP("Engine", "a tile size was chosen, {0} has its own: leave it out"),
    QT_TRANSLATE_NOOP(
        "Engine", "times of track {0} were repeated or went back in the source; they are mended"
    ),
    QT_TRANSLATE_NOOP("Engine", "3:2 pulldown is undone: the film's own 24 frames a second are taken out"),
    QT_TRANSLATE_NOOP("Engine", "{0} packets of track {1} are damaged in the source and left out"),
    QT_TRANSLATE_NOOP("Engine", "the worker {0} gives no sign of progress: its segments go to others"),
    QT_TRANSLATE_NOOP("Engine", "the scheduler at {0} does not answer: the job waits for it"),
    QT_TRANSLATE_NOOP("Engine", "the scheduler at {0} is back: the job goes on"),
    QT_TRANSLATE_NOOP("Engine", "{0} workers could not restore segment {1} of {2}: {3}"),
    QT_TRANSLATE_NOOP("Engine", "there is no scheduler at {0}"),
    QT_TRANSLATE_NOOP("Engine", "no worker has come to {0}"),
    QT_TRANSLATE_NOOP("Engine", "none of the workers at {0} can do this"),
    QT_TRANSLATE_NOOP("Engine", "the worker {0} takes no part: {1}"),
    QT_TRANSLATE_NOOP(
        "Engine", "the workers have different cards ({0}): films may differ a little from those of one card"
    ),
    QT_TRANSLATE_NOOP("Engine", "there is no clip to restore: the template would hold no task"),
    QT_TRANSLATE_NOOP("Engine", "the plan in {0} is damaged"),
    QT_TRANSLATE_NOOP("Engine", "{0} holds no job: {1}"),
    QT_TRANSLATE_NOOP("Engine", "there is no scheduler at {0}: {1}"),
    QT_TRANSLATE_NOOP("Engine", "the worker on {0} ended {1} times: see its messages"),
    QT_TRANSLATE_NOOP("Engine", "the device {0} is named twice"),
    QT_TRANSLATE_NOOP("Engine", "{0} was not made"),
    QT_TRANSLATE_NOOP("Engine", "{0} is not here what it is where the film was planned"),
    QT_TRANSLATE_NOOP("Engine", "there are no segments {0} to {1}: the film has {2}"),
    QT_TRANSLATE_NOOP("Engine", "there is no {0} in {1}: no film is being made there"),
    QT_TRANSLATE_NOOP("Engine", "{0} in {1} is damaged: {2}"),
    QT_TRANSLATE_NOOP("Engine", "this worker has {0} {1}, the film was planned with {2}"),
    QT_TRANSLATE_NOOP("Engine", "the weights of {0} are not those that the film was planned with"),
    QT_TRANSLATE_NOOP(
        "Engine", "{0} is not used: its driver does not work with CUDA {1}; install a newer NVIDIA driver"
    ),
    QT_TRANSLATE_NOOP(
        "Engine", "{0} is not used by this edition: install the GPU edition, {1}, in its place"
    ),
    QT_TRANSLATE_NOOP("Engine", "{0} is not used: this torch was built for the processor; run: {1}"),
    QT_TRANSLATE_NOOP("Engine", "faster sampling was chosen, {0} has none: leave it out"),
    QT_TRANSLATE_NOOP("Engine", "cannot remove {0}: {1}"),
    QT_TRANSLATE_NOOP("Engine", "cannot work in {0}: {1}"),
    QT_TRANSLATE_NOOP("Engine", "left out, no video: {0}"),
    QT_TRANSLATE_NOOP("Engine", "left out, too damaged to be examples: {0}"),
    QT_TRANSLATE_NOOP("Engine", "left out, smaller than {0} pixels a side: {1}"),
    QT_TRANSLATE_NOOP(
        "Engine",
        "no clip in {0} can be used: they are unreadable, damaged, or smaller than {1} pixels a side",
    ),
    QT_TRANSLATE_NOOP("Engine", "the clips have changed since training was begun: it begins anew"),
    QT_TRANSLATE_NOOP(
        "Engine", "the clips in {0} are all too damaged to be examples: give clips in good condition"
    ),
    QT_TRANSLATE_NOOP(
        "Engine",
        "the clips in {0} are too short: need a shot of {1} frames or more to learn from and to measure on",
    ),
    QT_TRANSLATE_NOOP("Engine", "the clips in {0} show nothing sharp and well lit to learn from"),
    QT_TRANSLATE_NOOP("Engine", "the name {0} has no letter a-z and no digit: choose one that has"),
    QT_TRANSLATE_NOOP("Engine", "the picture {0} cannot be written"),
    QT_TRANSLATE_NOOP("Engine", "the scale is {0}, need one of {1}"),
    QT_TRANSLATE_NOOP("Engine", "the wish is {0}, need finish, stop or discard"),
    QT_TRANSLATE_NOOP(
        "Engine", "there is a model {0} already: choose another name, or remove that one first"
    ),
    QT_TRANSLATE_NOOP("Engine", "training needs more than 0 minutes or steps"),
    QT_TRANSLATE_NOOP("Engine", "{0} holds no video: give a folder of good clips"),
    QT_TRANSLATE_NOOP("Engine", "left out: {0}"),
    QT_TRANSLATE_NOOP(
        "Engine",
        "Adapted, x{0}: better than Compact by {1} dB (±{2} dB; ahead on {3} of {4} held-back pieces).",
    ),
    QT_TRANSLATE_NOOP(
        "Engine",
        "Adapted, x{0}: no better than Compact, {1} dB (±{2} dB; ahead on {3} of {4} held-back pieces).",
    ),
    QT_TRANSLATE_NOOP(
        "Engine", "Adapted, x{0}: worse than Compact, {1} dB (±{2} dB; ahead on {3} of {4} held-back pieces)."
    ),
    QT_TRANSLATE_NOOP(
        "Engine",
        "Adapted, x{0}: worse than Compact, {1} dB (ahead on {2} of {3} held-back pieces: too few to be sure).",
    ),
    QT_TRANSLATE_NOOP(
        "Engine",
        "Adapted, x{0}: not shown to be better, {1} dB (ahead on {2} of {3} held-back pieces: too few to be sure).",
    ),
    QT_TRANSLATE_NOOP(
        "Engine",
        "Adapted, x{0}: no better than Compact, {1} dB but {2}x its flicker (±{3} dB; {4} held-back pieces).",
    ),
    QT_TRANSLATE_NOOP("Engine", "{0} does not open here for {1}x{2}: the processor encodes"),
    QT_TRANSLATE_NOOP("Engine", "NVENC packs H.264 and H.265 only: the processor encodes"),
    QT_TRANSLATE_NOOP("Engine", "NVENC does not take {0} here: the processor encodes"),
    QT_TRANSLATE_NOOP("Engine", "NVENC would drop the HDR mastering data: the processor encodes"),
    QT_TRANSLATE_NOOP("Engine", "compiling was chosen, {0} has nothing to compile: leave it out"),
    QT_TRANSLATE_NOOP("Engine", "The network could not be compiled here: it runs as usual."),
)
"""Messages of errors and notices."""

PARTS = (
    QT_TRANSLATE_NOOP("Engine", "{0} answers {1}"),
    QT_TRANSLATE_NOOP("Engine", "it stopped answering"),
    QT_TRANSLATE_NOOP("Engine", "the connection ended early"),
    QT_TRANSLATE_NOOP("Engine", "{0}x{1} is stored as {2}x{3}"),
    QT_TRANSLATE_NOOP("Engine", "the pixel aspect {0}"),
    QT_TRANSLATE_NOOP("Engine", "a broken copy or download"),
    QT_TRANSLATE_NOOP("Engine", "the sound track {0} ({1})"),
    QT_TRANSLATE_NOOP("Engine", "the subtitle track {0} ({1})"),
    QT_TRANSLATE_NOOP("Engine", "the second picture track {0} ({1})"),
    QT_TRANSLATE_NOOP("Engine", "the data track {0} ({1})"),
    QT_TRANSLATE_NOOP("Engine", "numbered pictures"),
    QT_TRANSLATE_NOOP("Engine", "an attachment"),
    QT_TRANSLATE_NOOP("Engine", "no suffix"),
    QT_TRANSLATE_NOOP("Engine", "at least {0}"),
    QT_TRANSLATE_NOOP("Engine", "a number up to {0}"),
    QT_TRANSLATE_NOOP("Engine", "0 to 1"),
    QT_TRANSLATE_NOOP("Engine", "0 to 2"),
    QT_TRANSLATE_NOOP("Engine", "0 to 63"),
    QT_TRANSLATE_NOOP("Engine", "0 to 2^63 - 1"),
    QT_TRANSLATE_NOOP("Engine", "scale"),
    QT_TRANSLATE_NOOP("Engine", "short side"),
    QT_TRANSLATE_NOOP("Engine", "beta"),
    QT_TRANSLATE_NOOP("Engine", "seed"),
    QT_TRANSLATE_NOOP("Engine", "steps"),
    QT_TRANSLATE_NOOP("Engine", "condition"),
    QT_TRANSLATE_NOOP("Engine", "tile size"),
    QT_TRANSLATE_NOOP("Engine", "window"),
    QT_TRANSLATE_NOOP("Engine", "memory"),
    QT_TRANSLATE_NOOP("Engine", "crf"),
    QT_TRANSLATE_NOOP("Engine", "frames"),
    QT_TRANSLATE_NOOP("Engine", "size"),
    QT_TRANSLATE_NOOP("Engine", "rotation"),
    QT_TRANSLATE_NOOP("Engine", "pixel shape"),
    QT_TRANSLATE_NOOP("Engine", "time of frame {0}"),
    QT_TRANSLATE_NOOP("Engine", "colour primaries"),
    QT_TRANSLATE_NOOP("Engine", "colour transfer"),
    QT_TRANSLATE_NOOP("Engine", "colour matrix"),
    QT_TRANSLATE_NOOP("Engine", "colour full_range"),
    QT_TRANSLATE_NOOP("Engine", "packets of audio track {0}"),
    QT_TRANSLATE_NOOP("Engine", "missing"),
    QT_TRANSLATE_NOOP("Engine", "damaged"),
    QT_TRANSLATE_NOOP("Engine", "partial"),
    QT_TRANSLATE_NOOP("Engine", "unchecked"),
    QT_TRANSLATE_NOOP("Engine", "lacks"),
    QT_TRANSLATE_NOOP("Engine", "has unknown"),
    QT_TRANSLATE_NOOP("Engine", "has another shape of"),
)
"""What fills a hole and is English itself."""

WRAPPED = (
    QT_TRANSLATE_NOOP("Engine", "{0}. It was set aside as {1}."),
    QT_TRANSLATE_NOOP("Engine", "left out: {0}"),
)
"""Sentences that hold another one."""

SUMMARIES = (
    QT_TRANSLATE_NOOP("Models", "Clean, sharp upscaling that runs on any computer; comes with Evenstar."),
    QT_TRANSLATE_NOOP("Models", "About half the time of Compact, enlarges by four; comes with Evenstar."),
    QT_TRANSLATE_NOOP("Models", "Adds believable detail to clean web video; slow, needs a graphics card."),
    QT_TRANSLATE_NOOP(
        "Models", "Rebuilds badly damaged film with believable detail; slow, needs a graphics card."
    ),
    QT_TRANSLATE_NOOP(
        "Models",
        "Rebuilds badly damaged film with the largest prior; extremely slow, needs a large graphics card. Its text "
        "encoder (9.5 GB) is used once for each prompt.",
    ),
    QT_TRANSLATE_NOOP(
        "Models", "Rebuilds badly damaged film at four times its size; very slow, needs a graphics card."
    ),
)
"""What models are good for."""

LICENCES = (
    QT_TRANSLATE_NOOP("Licences", "Any use, with the copyright notice kept."),
    QT_TRANSLATE_NOOP(
        "Licences", "Free for research and personal use; commercial use has conditions, so read it first."
    ),
    QT_TRANSLATE_NOOP(
        "Licences",
        "Free for research; commercial use needs a registration and has limits, and some uses are forbidden, so read "
        "it first.",
    ),
    QT_TRANSLATE_NOOP(
        "Licences",
        "Its authors publish the files without a licence, so nothing is permitted in so many words: ask them "
        "before any use beyond trying it yourself.",
    ),
    QT_TRANSLATE_NOOP("Licences", "Any use, commercial too, except the harmful ones that the licence lists."),
)
"""What terms allow and ask for."""


def in_words(message: str) -> str:
    """The engine's sentence in the language of the window; as it is where no shape fits."""
    for shapes, within in ((WRAPPED, in_words), (SENTENCES, _part_in_words)):
        translated = _translated(message, shapes, within)
        if translated is not None:
            return translated
    return message


def sentence(message: str) -> str:
    """The same as a sentence of its own: a capital in front, a full stop behind."""
    text = in_words(message)
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?")) else ".")


def _part_in_words(part: str) -> str:
    return _translated(part, PARTS, str) or part


def _translated(message: str, shapes: tuple[object, ...], within: Callable[[str], str]) -> str | None:
    """The message by the first shape that fits, its holes translated by `within`; None when none fits."""
    for pattern, shape in _patterns(shapes):
        match = pattern.fullmatch(message)
        if match is not None:
            return QCoreApplication.translate("Engine", shape).format(*map(within, match.groups()))
    return None


@cache
def _patterns(shapes: tuple[object, ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Each shape as a pattern, the most telling first: "{0} is {1}" fits nearly everything."""
    by_telling = sorted(map(str, shapes), key=lambda shape: len(re.sub(r"\{\d\}", "", shape)), reverse=True)
    return tuple((_pattern(shape), shape) for shape in by_telling)


def _pattern(shape: str) -> re.Pattern[str]:
    words = re.split(r"\{\d\}", shape)
    return re.compile("(.*?)".join(map(re.escape, words)), re.DOTALL)
