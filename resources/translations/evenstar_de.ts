<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de">
    <context>
        <name>AdvancedSection</name>
        <message>
            <source>Advanced</source>
            <translation>Erweitert</translation>
        </message>
        <message>
            <source>Deinterlace</source>
            <translation>Entflechten</translation>
        </message>
        <message>
            <source>Removes the comb lines of old video before anything else.</source>
            <translation>Entfernt zuerst die Kammlinien alter Videos.</translation>
        </message>
        <message>
            <source>When needed</source>
            <translation>Bei Bedarf</translation>
        </message>
        <message>
            <source>Always</source>
            <translation>Immer</translation>
        </message>
        <message>
            <source>Never</source>
            <translation>Nie</translation>
        </message>
        <message>
            <source>Damage</source>
            <translation>Schäden</translation>
        </message>
        <message>
            <source>How damaged the source is; auto measures it.</source>
            <translation>Wie beschädigt die Quelle ist; auto misst es.</translation>
        </message>
        <message>
            <source>Tile</source>
            <translation>Kachel</translation>
        </message>
        <message>
            <source>Smaller tiles need less memory and take longer.</source>
            <translation>Kleinere Kacheln brauchen weniger Speicher und mehr Zeit.</translation>
        </message>
        <message>
            <source>Window</source>
            <translation>Zeitfenster</translation>
        </message>
        <message>
            <source>Frames restored together; fewer need less memory.</source>
            <translation>Bilder, die zusammen restauriert werden; weniger brauchen weniger Speicher.</translation>
        </message>
        <message>
            <source>Memory</source>
            <translation>Speicher</translation>
        </message>
        <message>
            <source>The most memory the model may use.</source>
            <translation>So viel Speicher darf das Modell höchstens nutzen.</translation>
        </message>
        <message>
            <source>Seed</source>
            <translation>Startwert</translation>
        </message>
        <message>
            <source>Another number gives other invented detail.</source>
            <translation>Eine andere Zahl erfindet andere Einzelheiten.</translation>
        </message>
        <message>
            <source>Steps</source>
            <translation>Schritte</translation>
        </message>
        <message>
            <source>More steps take longer and change fine detail.</source>
            <translation>Mehr Schritte dauern länger und ändern feine Einzelheiten.</translation>
        </message>
        <message>
            <source>Prompt</source>
            <translation>Beschreibung</translation>
        </message>
        <message>
            <source>What is to be seen, for models that read text.</source>
            <translation>Was zu sehen ist, für Modelle, die Text lesen.</translation>
        </message>
        <message>
            <source>what is to be seen</source>
            <translation>was zu sehen ist</translation>
        </message>
        <message>
            <source>auto</source>
            <translation>auto</translation>
        </message>
    </context>
    <context>
        <name>Advice</name>
        <message>
            <source>Tried: {}</source>
            <translation>Versucht: {}</translation>
        </message>
        <message>
            <source>The source cannot be read</source>
            <translation>Die Quelle lässt sich nicht lesen</translation>
        </message>
        <message>
            <source>The result cannot be written</source>
            <translation>Das Ergebnis lässt sich nicht schreiben</translation>
        </message>
        <message>
            <source>A setting does not fit</source>
            <translation>Eine Einstellung passt nicht</translation>
        </message>
        <message>
            <source>The model is not ready</source>
            <translation>Das Modell ist nicht bereit</translation>
        </message>
        <message>
            <source>The model could not be downloaded</source>
            <translation>Das Modell ließ sich nicht laden</translation>
        </message>
        <message>
            <source>Not enough memory</source>
            <translation>Zu wenig Speicher</translation>
        </message>
        <message>
            <source>The saved progress cannot be used</source>
            <translation>Der gespeicherte Stand ist nicht brauchbar</translation>
        </message>
        <message>
            <source>The disk is full</source>
            <translation>Das Laufwerk ist voll</translation>
        </message>
        <message>
            <source>The finished file did not pass its check</source>
            <translation>Die fertige Datei hat die Prüfung nicht bestanden</translation>
        </message>
        <message>
            <source>Something unexpected stopped the job</source>
            <translation>Etwas Unerwartetes hat den Auftrag beendet</translation>
        </message>
        <message>
            <source>the whole container was read with damaged tags allowed.</source>
            <translation>Der ganze Container wurde gelesen, beschädigte Angaben waren erlaubt.</translation>
        </message>
        <message>
            <source>Check that the file plays elsewhere, or copy it again from where it came.</source>
            <translation>Prüfen Sie, ob die Datei anderswo läuft, oder kopieren Sie sie neu.</translation>
        </message>
        <message>
            <source>the encoder was opened with these settings.</source>
            <translation>Der Encoder wurde mit diesen Einstellungen geöffnet.</translation>
        </message>
        <message>
            <source>Choose another codec or folder under Export, then retry.</source>
            <translation>Wählen Sie unter Export einen anderen Codec oder Ordner und versuchen Sie es erneut.</translation>
        </message>
        <message>
            <source>Change the setting named above, then retry.</source>
            <translation>Ändern Sie die genannte Einstellung und versuchen Sie es erneut.</translation>
        </message>
        <message>
            <source>the weights were looked for and checked.</source>
            <translation>Die Gewichte wurden gesucht und geprüft.</translation>
        </message>
        <message>
            <source>Open Models to see what is installed, or choose the compact model.</source>
            <translation>Unter Modelle steht, was installiert ist; oder wählen Sie das kompakte Modell.</translation>
        </message>
        <message>
            <source>what has arrived is kept.</source>
            <translation>Was angekommen ist, bleibt erhalten.</translation>
        </message>
        <message>
            <source>Check the connection, then retry: it goes on where it broke off.</source>
            <translation>Prüfen Sie die Verbindung und versuchen Sie es erneut: Es geht weiter, wo es abbrach.</translation>
        </message>
        <message>
            <source>smaller tiles and shorter windows, down to the smallest.</source>
            <translation>Kleinere Kacheln und kürzere Fenster, bis zu den kleinsten.</translation>
        </message>
        <message>
            <source>Close other programs, choose a smaller target, or a tile size under Advanced.</source>
            <translation>Schließen Sie andere Programme, wählen Sie ein kleineres Ziel oder unter Erweitert eine Kachelgröße.</translation>
        </message>
        <message>
            <source>the finished parts beside the target were opened.</source>
            <translation>Die fertigen Teile neben dem Ziel wurden geöffnet.</translation>
        </message>
        <message>
            <source>Close other copies of Evenstar, or cancel this job and start it again.</source>
            <translation>Schließen Sie andere Evenstar-Fenster, oder brechen Sie den Auftrag ab und starten Sie ihn neu.</translation>
        </message>
        <message>
            <source>finished parts are kept.</source>
            <translation>Fertige Teile bleiben erhalten.</translation>
        </message>
        <message>
            <source>Free some space, then resume: it continues where it stopped.</source>
            <translation>Schaffen Sie Platz und setzen Sie fort: Es geht weiter, wo es aufhörte.</translation>
        </message>
        <message>
            <source>the finished film was opened and compared with its source.</source>
            <translation>Der fertige Film wurde geöffnet und mit der Quelle verglichen.</translation>
        </message>
        <message>
            <source>Retry; finished parts are used again. If it repeats, report it with the details.</source>
            <translation>Versuchen Sie es erneut; fertige Teile werden benutzt. Wiederholt es sich, melden Sie es mit den Einzelheiten.</translation>
        </message>
        <message>
            <source>the job was ended so that nothing wrong was written.</source>
            <translation>Der Auftrag wurde beendet, damit nichts Falsches geschrieben wird.</translation>
        </message>
        <message>
            <source>Retry. If it repeats, copy the details into a report.</source>
            <translation>Versuchen Sie es erneut. Wiederholt es sich, kopieren Sie die Einzelheiten in eine Meldung.</translation>
        </message>
    </context>
    <context>
        <name>Attendant</name>
        <message>
            <source>{} done</source>
            <translation>{} fertig</translation>
        </message>
        <message>
            <source>{} failed</source>
            <translation>{} fehlgeschlagen</translation>
        </message>
        <message>
            <source>The queue is done</source>
            <translation>Die Warteschlange ist fertig</translation>
        </message>
    </context>
    <context>
        <name>BatchDialog</name>
        <message>
            <source>Restore a folder</source>
            <translation>Einen Ordner restaurieren</translation>
        </message>
        <message>
            <source>Folder</source>
            <translation>Ordner</translation>
        </message>
        <message>
            <source>The folder with the clips.</source>
            <translation>Der Ordner mit den Clips.</translation>
        </message>
        <message>
            <source>Results</source>
            <translation>Ergebnisse</translation>
        </message>
        <message>
            <source>Same tree, same names, in this folder.</source>
            <translation>Gleicher Baum, gleiche Namen, in diesem Ordner.</translation>
        </message>
        <message>
            <source>Types</source>
            <translation>Typen</translation>
        </message>
        <message>
            <source>Which files count as clips; empty for all known.</source>
            <translation>Welche Dateien als Clips zählen; leer für alle bekannten.</translation>
        </message>
        <message>
            <source>all: mkv mp4 mov avi ...</source>
            <translation>alle: mkv mp4 mov avi ...</translation>
        </message>
        <message>
            <source>With folders inside</source>
            <translation>Mit Unterordnern</translation>
        </message>
        <message>
            <source>Leave out finished ones</source>
            <translation>Fertige auslassen</translation>
        </message>
        <message>
            <source>Keep watching: new clips are queued by themselves</source>
            <translation>Beobachten: Neue Clips kommen von selbst in die Warteschlange</translation>
        </message>
        <message>
            <source>Preset for all</source>
            <translation>Vorlage für alle</translation>
        </message>
        <message>
            <source>Settings for every clip of the list.</source>
            <translation>Einstellungen für jeden Clip der Liste.</translation>
        </message>
        <message>
            <source>Clip</source>
            <translation>Clip</translation>
        </message>
        <message>
            <source>State</source>
            <translation>Stand</translation>
        </message>
        <message>
            <source>Preset</source>
            <translation>Vorlage</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Abbrechen</translation>
        </message>
        <message>
            <source>Add nothing.</source>
            <translation>Nichts hinzufügen.</translation>
        </message>
        <message>
            <source>Add to the queue</source>
            <translation>In die Warteschlange</translation>
        </message>
        <message>
            <source>Queues the ticked clips.</source>
            <translation>Stellt die angehakten Clips an.</translation>
        </message>
        <message>
            <source>Choose a folder</source>
            <translation>Ordner wählen</translation>
        </message>
        <message>
            <source>The panel's settings</source>
            <translation>Einstellungen der Leiste</translation>
        </message>
        <message>
            <source>Finished</source>
            <translation>Fertig</translation>
        </message>
        <message>
            <source>New</source>
            <translation>Neu</translation>
        </message>
        <message>
            <source>Preset of {}</source>
            <translation>Vorlage für {}</translation>
        </message>
        <message>
            <source>Add {} to the queue</source>
            <translation>{} in die Warteschlange</translation>
        </message>
        <message>
            <source>Save</source>
            <translation>Speichern</translation>
        </message>
        <message>
            <source>Choose a folder, or drop one.</source>
            <translation>Wählen Sie einen Ordner oder ziehen Sie einen herein.</translation>
        </message>
        <message>
            <source>{} clips, {} finished, {} other files</source>
            <translation>{} Clips, {} fertig, {} andere Dateien</translation>
        </message>
        <message>
            <source>Looking into the folder</source>
            <translation>Der Ordner wird durchsucht</translation>
        </message>
    </context>
    <context>
        <name>BetaSlider</name>
        <message>
            <source>Perception to fidelity</source>
            <translation>Wirkung bis Treue</translation>
        </message>
        <message>
            <source>Left: livelier detail, more of it invented. Right: closer to what the source really shows.
Arrow keys move it, double-click puts it back to 1.00.</source>
            <translation>Links: lebendigere Einzelheiten, mehr davon erfunden. Rechts: näher an dem, was die Quelle wirklich zeigt.
Pfeiltasten bewegen ihn, ein Doppelklick setzt ihn auf 1.00.</translation>
        </message>
    </context>
    <context>
        <name>BetaStrip</name>
        <message>
            <source>This frame at five places of the slider</source>
            <translation>Dieses Bild an fünf Stellen des Reglers</translation>
        </message>
        <message>
            <source>{}  perception</source>
            <translation>{}  Wirkung</translation>
        </message>
        <message>
            <source>{}  fidelity</source>
            <translation>{}  Treue</translation>
        </message>
    </context>
    <context>
        <name>Commands</name>
        <message>
            <source>File</source>
            <translation>Datei</translation>
        </message>
        <message>
            <source>Move</source>
            <translation>Bewegen</translation>
        </message>
        <message>
            <source>Look</source>
            <translation>Ansehen</translation>
        </message>
        <message>
            <source>Restore</source>
            <translation>Restaurieren</translation>
        </message>
        <message>
            <source>Window</source>
            <translation>Fenster</translation>
        </message>
        <message>
            <source>Open a clip</source>
            <translation>Clip öffnen</translation>
        </message>
        <message>
            <source>Open a folder</source>
            <translation>Ordner öffnen</translation>
        </message>
        <message>
            <source>Save both pictures as PNG</source>
            <translation>Bilder als PNG sichern</translation>
        </message>
        <message>
            <source>Quit</source>
            <translation>Beenden</translation>
        </message>
        <message>
            <source>Play or stand still</source>
            <translation>Abspielen oder anhalten</translation>
        </message>
        <message>
            <source>Play backwards, again: faster</source>
            <translation>Rückwärts (schneller)</translation>
        </message>
        <message>
            <source>Stand still</source>
            <translation>Anhalten</translation>
        </message>
        <message>
            <source>Play, again: faster</source>
            <translation>Vorwärts (schneller)</translation>
        </message>
        <message>
            <source>One frame back</source>
            <translation>Ein Bild zurück</translation>
        </message>
        <message>
            <source>One frame forward</source>
            <translation>Ein Bild vor</translation>
        </message>
        <message>
            <source>Previous cut</source>
            <translation>Voriger Schnitt</translation>
        </message>
        <message>
            <source>Next cut</source>
            <translation>Nächster Schnitt</translation>
        </message>
        <message>
            <source>To the start</source>
            <translation>Zum Anfang</translation>
        </message>
        <message>
            <source>To the end</source>
            <translation>Zum Ende</translation>
        </message>
        <message>
            <source>Restore from here</source>
            <translation>Ab hier restaurieren</translation>
        </message>
        <message>
            <source>Restore up to here</source>
            <translation>Bis hier restaurieren</translation>
        </message>
        <message>
            <source>Restore the whole clip</source>
            <translation>Ganzen Clip nehmen</translation>
        </message>
        <message>
            <source>Wipe</source>
            <translation>Wischer</translation>
        </message>
        <message>
            <source>Side by side</source>
            <translation>Nebeneinander</translation>
        </message>
        <message>
            <source>Difference</source>
            <translation>Unterschied</translation>
        </message>
        <message>
            <source>Flicker</source>
            <translation>Wechsel</translation>
        </message>
        <message>
            <source>Show the source while held</source>
            <translation>Quelle zeigen (halten)</translation>
        </message>
        <message>
            <source>Wipe to the left</source>
            <translation>Wischer nach links</translation>
        </message>
        <message>
            <source>Wipe to the right</source>
            <translation>Wischer nach rechts</translation>
        </message>
        <message>
            <source>Stronger difference</source>
            <translation>Stärkerer Unterschied</translation>
        </message>
        <message>
            <source>Weaker difference</source>
            <translation>Schwächerer Unterschied</translation>
        </message>
        <message>
            <source>Fit the picture</source>
            <translation>Bild einpassen</translation>
        </message>
        <message>
            <source>One pixel to one</source>
            <translation>Ein Pixel zu einem</translation>
        </message>
        <message>
            <source>Two pixels to one</source>
            <translation>Zwei Pixel zu einem</translation>
        </message>
        <message>
            <source>Zoom in</source>
            <translation>Vergrößern</translation>
        </message>
        <message>
            <source>Zoom out</source>
            <translation>Verkleinern</translation>
        </message>
        <message>
            <source>Preview this frame</source>
            <translation>Vorschau dieses Bilds</translation>
        </message>
        <message>
            <source>Preview 3 seconds</source>
            <translation>Vorschau von 3 Sekunden</translation>
        </message>
        <message>
            <source>Compare five looks</source>
            <translation>Fünf Stufen vergleichen</translation>
        </message>
        <message>
            <source>Towards perception</source>
            <translation>Mehr Wirkung</translation>
        </message>
        <message>
            <source>Towards fidelity</source>
            <translation>Mehr Treue</translation>
        </message>
        <message>
            <source>Upscale</source>
            <translation>Hochrechnen</translation>
        </message>
        <message>
            <source>Pause or resume the queue</source>
            <translation>Pause oder weiter</translation>
        </message>
        <message>
            <source>Undo a setting</source>
            <translation>Einstellung zurücknehmen</translation>
        </message>
        <message>
            <source>Redo a setting</source>
            <translation>Einstellung wiederholen</translation>
        </message>
        <message>
            <source>Hide or show the panel</source>
            <translation>Leiste aus- oder einblenden</translation>
        </message>
        <message>
            <source>Open or close the queue</source>
            <translation>Warteschlange auf/zu</translation>
        </message>
        <message>
            <source>Full screen</source>
            <translation>Vollbild</translation>
        </message>
        <message>
            <source>Next part of the window</source>
            <translation>Nächster Teil des Fensters</translation>
        </message>
        <message>
            <source>Preferences</source>
            <translation>Einstellungen</translation>
        </message>
        <message>
            <source>Show all keys</source>
            <translation>Alle Tasten zeigen</translation>
        </message>
        <message>
            <source>Leave, close, stop</source>
            <translation>Verlassen, anhalten</translation>
        </message>
    </context>
    <context>
        <name>CompareView</name>
        <message>
            <source>Comparison of source and result</source>
            <translation>Vergleich von Quelle und Ergebnis</translation>
        </message>
        <message>
            <source>Difference, {} times</source>
            <translation>Unterschied, {}-fach</translation>
        </message>
    </context>
    <context>
        <name>CountdownDialog</name>
        <message>
            <source>All jobs are done</source>
            <translation>Alle Aufträge sind fertig</translation>
        </message>
        <message>
            <source>Now</source>
            <translation>Jetzt</translation>
        </message>
        <message>
            <source>Do not wait.</source>
            <translation>Nicht warten.</translation>
        </message>
        <message>
            <source>Stay awake</source>
            <translation>Wach bleiben</translation>
        </message>
        <message>
            <source>Nothing happens to the machine.</source>
            <translation>Mit dem Rechner geschieht nichts.</translation>
        </message>
        <message>
            <source>This computer goes to sleep in {} s.</source>
            <translation>Dieser Rechner geht in {} s schlafen.</translation>
        </message>
        <message>
            <source>This computer switches off in {} s.</source>
            <translation>Dieser Rechner schaltet sich in {} s aus.</translation>
        </message>
    </context>
    <context>
        <name>DialogDesk</name>
        <message>
            <source>Clips ({})</source>
            <translation>Clips ({})</translation>
        </message>
        <message>
            <source>All files (*)</source>
            <translation>Alle Dateien (*)</translation>
        </message>
        <message>
            <source>Open a clip</source>
            <translation>Clip öffnen</translation>
        </message>
        <message>
            <source>Where results go</source>
            <translation>Wohin die Ergebnisse kommen</translation>
        </message>
        <message>
            <source>Save as a preset</source>
            <translation>Als Vorlage speichern</translation>
        </message>
        <message>
            <source>Name of the preset</source>
            <translation>Name der Vorlage</translation>
        </message>
        <message>
            <source>The folder with the files</source>
            <translation>Der Ordner mit den Dateien</translation>
        </message>
        <message>
            <source>Weights ({})</source>
            <translation>Gewichte ({})</translation>
        </message>
        <message>
            <source>A file of the model</source>
            <translation>Eine Datei des Modells</translation>
        </message>
        <message>
            <source>{} is ready to use.</source>
            <translation>{} ist einsatzbereit.</translation>
        </message>
        <message>
            <source>The files of {} were taken over and checked.</source>
            <translation>Die Dateien von {} wurden übernommen und geprüft.</translation>
        </message>
        <message>
            <source>The files of {} are whole.</source>
            <translation>Die Dateien von {} sind unversehrt.</translation>
        </message>
        <message>
            <source>{} was removed, {} are free again.</source>
            <translation>{} wurde entfernt, {} sind wieder frei.</translation>
        </message>
        <message>
            <source>Saved as {}.</source>
            <translation>Gespeichert als {}.</translation>
        </message>
        <message>
            <source>Choose a folder</source>
            <translation>Ordner wählen</translation>
        </message>
        <message>
            <source>{} is watched now.</source>
            <translation>{} wird jetzt beobachtet.</translation>
        </message>
        <message>
            <source>{} is not watched any more.</source>
            <translation>{} wird nicht mehr beobachtet.</translation>
        </message>
        <message>
            <source>{} clips were added to the queue.</source>
            <translation>{} Clips kamen in die Warteschlange.</translation>
        </message>
    </context>
    <context>
        <name>EmptyState</name>
        <message>
            <source>Drop a clip here</source>
            <translation>Ziehen Sie einen Clip hierher</translation>
        </message>
        <message>
            <source>Video files, image sequences or a whole folder.</source>
            <translation>Videodateien, Bildfolgen oder einen ganzen Ordner.</translation>
        </message>
        <message>
            <source>Recent</source>
            <translation>Zuletzt</translation>
        </message>
        <message>
            <source>Try the demo clip</source>
            <translation>Den Beispielclip ausprobieren</translation>
        </message>
        <message>
            <source>A few seconds that come with Evenstar.</source>
            <translation>Ein paar Sekunden, die Evenstar beiliegen.</translation>
        </message>
        <message>
            <source>Open a clip</source>
            <translation>Clip öffnen</translation>
        </message>
        <message>
            <source>Choose a video file.</source>
            <translation>Eine Videodatei wählen.</translation>
        </message>
        <message>
            <source>Open a folder</source>
            <translation>Ordner öffnen</translation>
        </message>
        <message>
            <source>Restore all clips of a folder.</source>
            <translation>Alle Clips eines Ordners restaurieren.</translation>
        </message>
    </context>
    <context>
        <name>ExportSection</name>
        <message>
            <source>Export</source>
            <translation>Export</translation>
        </message>
        <message>
            <source>Container</source>
            <translation>Container</translation>
        </message>
        <message>
            <source>MKV holds every track; MP4 plays everywhere.</source>
            <translation>MKV fasst jede Spur; MP4 läuft überall.</translation>
        </message>
        <message>
            <source>Codec</source>
            <translation>Codec</translation>
        </message>
        <message>
            <source>How the picture is packed.</source>
            <translation>Wie das Bild gepackt wird.</translation>
        </message>
        <message>
            <source>Quality</source>
            <translation>Qualität</translation>
        </message>
        <message>
            <source>Better quality makes a larger file.</source>
            <translation>Bessere Qualität macht die Datei größer.</translation>
        </message>
        <message>
            <source>Master, large</source>
            <translation>Master, groß</translation>
        </message>
        <message>
            <source>Very good</source>
            <translation>Sehr gut</translation>
        </message>
        <message>
            <source>Good, smaller</source>
            <translation>Gut, kleiner</translation>
        </message>
        <message>
            <source>Small, to send</source>
            <translation>Klein, zum Senden</translation>
        </message>
        <message>
            <source>10 bit: smoother skies and shadows</source>
            <translation>10 Bit: glattere Verläufe</translation>
        </message>
        <message>
            <source>Keep all sound tracks</source>
            <translation>Alle Tonspuren behalten</translation>
        </message>
        <message>
            <source>Keep subtitles</source>
            <translation>Untertitel behalten</translation>
        </message>
        <message>
            <source>Keep chapters, attachments, metadata</source>
            <translation>Kapitel, Anhänge, Metadaten behalten</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>Name</translation>
        </message>
        <message>
            <source>Name of the result. Filled in: {stem} {width} {height} {scale} {model} {preset} {beta}</source>
            <translation>Name des Ergebnisses. Eingesetzt werden: {stem} {width} {height} {scale} {model} {preset} {beta}</translation>
        </message>
        <message>
            <source>Folder</source>
            <translation>Ordner</translation>
        </message>
        <message>
            <source>Where the result goes.</source>
            <translation>Wohin das Ergebnis kommt.</translation>
        </message>
        <message>
            <source>beside the source</source>
            <translation>neben der Quelle</translation>
        </message>
        <message>
            <source>Choose a folder</source>
            <translation>Ordner wählen</translation>
        </message>
        <message>
            <source>A name that is taken gets a number; nothing is overwritten.</source>
            <translation>Ein vergebener Name bekommt eine Zahl; nichts wird überschrieben.</translation>
        </message>
        <message>
            <source>ProRes, for editing</source>
            <translation>ProRes, zum Schneiden</translation>
        </message>
        <message>
            <source>FFV1, lossless</source>
            <translation>FFV1, verlustfrei</translation>
        </message>
        <message>
            <source>Automatic</source>
            <translation>Automatisch</translation>
        </message>
    </context>
    <context>
        <name>LookSections</name>
        <message>
            <source>Restoration</source>
            <translation>Restaurierung</translation>
        </message>
        <message>
            <source>Look</source>
            <translation>Anmutung</translation>
        </message>
        <message>
            <source>Preset</source>
            <translation>Vorlage</translation>
        </message>
        <message>
            <source>Settings that suit a kind of source.</source>
            <translation>Einstellungen, die zu einer Art Quelle passen.</translation>
        </message>
        <message>
            <source>Target by lines</source>
            <translation>Ziel nach Zeilen</translation>
        </message>
        <message>
            <source>Target by factor</source>
            <translation>Ziel nach Faktor</translation>
        </message>
        <message>
            <source>Model</source>
            <translation>Modell</translation>
        </message>
        <message>
            <source>Which network restores the picture.</source>
            <translation>Welches Netz das Bild restauriert.</translation>
        </message>
        <message>
            <source>Your own settings</source>
            <translation>Eigene</translation>
        </message>
        <message>
            <source>The short side becomes {} pixels.</source>
            <translation>Die kurze Seite bekommt {} Pixel.</translation>
        </message>
        <message>
            <source>Width and height become {:g} times as large.</source>
            <translation>Breite und Höhe werden {:g}-mal so groß.</translation>
        </message>
        <message>
            <source>Save these settings as a preset</source>
            <translation>Diese Einstellungen als Vorlage speichern</translation>
        </message>
        <message>
            <source>What the models are and what they need</source>
            <translation>Was die Modelle sind und brauchen</translation>
        </message>
        <message>
            <source>Perception</source>
            <translation>Wirkung</translation>
        </message>
        <message>
            <source>Fidelity</source>
            <translation>Treue</translation>
        </message>
        <message>
            <source>Shows this frame at five places of the slider; click the one you like.</source>
            <translation>Zeigt dieses Bild an fünf Stellen des Reglers; klicken Sie an, was gefällt.</translation>
        </message>
        <message>
            <source>Compare five looks</source>
            <translation>Fünf Stufen vergleichen</translation>
        </message>
    </context>
    <context>
        <name>MainWindow</name>
        <message>
            <source>Recent clips</source>
            <translation>Letzte Clips</translation>
        </message>
        <message>
            <source>Models</source>
            <translation>Modelle</translation>
        </message>
        <message>
            <source>{} jobs from last time can go on.</source>
            <translation>{} Aufträge vom letzten Mal können weitergehen.</translation>
        </message>
        <message>
            <source>Resume</source>
            <translation>Fortsetzen</translation>
        </message>
        <message>
            <source>{} clips were added to the queue.</source>
            <translation>{} Clips kamen in die Warteschlange.</translation>
        </message>
        <message>
            <source>Stopping after this part.</source>
            <translation>Hält nach diesem Teil an.</translation>
        </message>
        <message>
            <source>Keep running</source>
            <translation>Weiterlaufen</translation>
        </message>
    </context>
    <context>
        <name>ModelCard</name>
        <message>
            <source>In use</source>
            <translation>In Gebrauch</translation>
        </message>
        <message>
            <source>Use</source>
            <translation>Verwenden</translation>
        </message>
        <message>
            <source>Take this model for the next job.</source>
            <translation>Dieses Modell für den nächsten Auftrag nehmen.</translation>
        </message>
        <message>
            <source>See size, licence and time first.</source>
            <translation>Zeigt zuerst Größe, Lizenz und Dauer.</translation>
        </message>
        <message>
            <source>Import</source>
            <translation>Importieren</translation>
        </message>
        <message>
            <source>Take the files from this computer, without network.</source>
            <translation>Nimmt die Dateien von diesem Rechner, ohne Netz.</translation>
        </message>
        <message>
            <source>A file</source>
            <translation>Eine Datei</translation>
        </message>
        <message>
            <source>A folder</source>
            <translation>Ein Ordner</translation>
        </message>
        <message>
            <source>Check</source>
            <translation>Prüfen</translation>
        </message>
        <message>
            <source>Read every file and compare it with its checksum.</source>
            <translation>Liest jede Datei und vergleicht sie mit ihrer Prüfsumme.</translation>
        </message>
        <message>
            <source>Remove</source>
            <translation>Entfernen</translation>
        </message>
        <message>
            <source>Delete the files from this computer.</source>
            <translation>Löscht die Dateien von diesem Rechner.</translation>
        </message>
        <message>
            <source>Not now</source>
            <translation>Nicht jetzt</translation>
        </message>
        <message>
            <source>Accept and download</source>
            <translation>Zustimmen und laden</translation>
        </message>
        <message>
            <source>The files are deleted from this computer. They can be downloaded again.</source>
            <translation>Die Dateien werden von diesem Rechner gelöscht. Sie lassen sich wieder laden.</translation>
        </message>
        <message>
            <source>Keep</source>
            <translation>Behalten</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>Anhalten</translation>
        </message>
        <message>
            <source>What has arrived is kept for the next time.</source>
            <translation>Was angekommen ist, bleibt für das nächste Mal.</translation>
        </message>
        <message>
            <source>Nothing changes.</source>
            <translation>Es ändert sich nichts.</translation>
        </message>
        <message>
            <source>Resume download</source>
            <translation>Weiter laden</translation>
        </message>
        <message>
            <source>Download</source>
            <translation>Laden</translation>
        </message>
        <message>
            <source>Comes with Evenstar</source>
            <translation>Kommt mit Evenstar</translation>
        </message>
        <message>
            <source>Looking</source>
            <translation>Wird nachgesehen</translation>
        </message>
        <message>
            <source>Installed and checked</source>
            <translation>Installiert und geprüft</translation>
        </message>
        <message>
            <source>Not checked yet</source>
            <translation>Noch nicht geprüft</translation>
        </message>
        <message>
            <source>Begun, not complete</source>
            <translation>Begonnen, nicht vollständig</translation>
        </message>
        <message>
            <source>Needs a download</source>
            <translation>Muss geladen werden</translation>
        </message>
        <message>
            <source>Damaged: download again</source>
            <translation>Beschädigt: neu laden</translation>
        </message>
        <message>
            <source>Enlarges {}</source>
            <translation>Vergrößert {}</translation>
        </message>
        <message>
            <source>up to {} of memory</source>
            <translation>bis zu {} Speicher</translation>
        </message>
        <message>
            <source>licence {}</source>
            <translation>Lizenz {}</translation>
        </message>
        <message>
            <source>download {}</source>
            <translation>Download {}</translation>
        </message>
        <message>
            <source>slider live</source>
            <translation>Regler sofort</translation>
        </message>
        <message>
            <source>slider by preview</source>
            <translation>Regler per Vorschau</translation>
        </message>
        <message>
            <source>{} are fetched: about {} on a line of 50 Mbit/s.</source>
            <translation>{} werden geladen: etwa {} bei einer Leitung mit 50 Mbit/s.</translation>
        </message>
        <message>
            <source>The size is known once the download begins.</source>
            <translation>Die Größe zeigt sich, sobald der Download beginnt.</translation>
        </message>
        <message>
            <source>You have accepted these terms before.</source>
            <translation>Diesen Bedingungen haben Sie schon zugestimmt.</translation>
        </message>
        <message>
            <source>Fetching {}</source>
            <translation>{} wird geladen</translation>
        </message>
        <message>
            <source>Copying {}</source>
            <translation>{} wird kopiert</translation>
        </message>
        <message>
            <source>Checking {}</source>
            <translation>{} wird geprüft</translation>
        </message>
        <message>
            <source>{} of {}</source>
            <translation>{} von {}</translation>
        </message>
        <message>
            <source>Asking the hub</source>
            <translation>Das Verzeichnis wird gefragt</translation>
        </message>
        <message>
            <source>Looking for the files</source>
            <translation>Die Dateien werden gesucht</translation>
        </message>
        <message>
            <source>Reading the files</source>
            <translation>Die Dateien werden gelesen</translation>
        </message>
        <message>
            <source>Removing the files</source>
            <translation>Die Dateien werden entfernt</translation>
        </message>
    </context>
    <context>
        <name>ModelsDialog</name>
        <message>
            <source>Models</source>
            <translation>Modelle</translation>
        </message>
        <message>
            <source>Nothing is fetched before you have seen size and licence. Downloads go on while you work.</source>
            <translation>Nichts wird geladen, bevor Sie Größe und Lizenz gesehen haben. Downloads laufen weiter, während Sie arbeiten.</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>Schließen</translation>
        </message>
        <message>
            <source>Back to the window.</source>
            <translation>Zurück zum Fenster.</translation>
        </message>
    </context>
    <context>
        <name>PreferencesDialog</name>
        <message>
            <source>Preferences</source>
            <translation>Einstellungen</translation>
        </message>
        <message>
            <source>Tell me when the queue is done</source>
            <translation>Melden, wenn die Warteschlange fertig ist</translation>
        </message>
        <message>
            <source>Keep the computer awake while a job runs</source>
            <translation>Den Rechner wach halten, solange ein Auftrag läuft</translation>
        </message>
        <message>
            <source>Theme</source>
            <translation>Farben</translation>
        </message>
        <message>
            <source>Language</source>
            <translation>Sprache</translation>
        </message>
        <message>
            <source>When all is done</source>
            <translation>Wenn alles fertig ist</translation>
        </message>
        <message>
            <source>Keys</source>
            <translation>Tasten</translation>
        </message>
        <message>
            <source>Light or dark surroundings.</source>
            <translation>Helle oder dunkle Umgebung.</translation>
        </message>
        <message>
            <source>As the system</source>
            <translation>Wie das System</translation>
        </message>
        <message>
            <source>Dark</source>
            <translation>Dunkel</translation>
        </message>
        <message>
            <source>Light</source>
            <translation>Hell</translation>
        </message>
        <message>
            <source>Takes effect at the next start.</source>
            <translation>Gilt ab dem nächsten Start.</translation>
        </message>
        <message>
            <source>With a minute to change your mind.</source>
            <translation>Mit einer Minute Bedenkzeit.</translation>
        </message>
        <message>
            <source>Do nothing</source>
            <translation>Nichts tun</translation>
        </message>
        <message>
            <source>Go to sleep</source>
            <translation>Schlafen</translation>
        </message>
        <message>
            <source>Switch off</source>
            <translation>Ausschalten</translation>
        </message>
        <message>
            <source>Standard keys</source>
            <translation>Standardtasten</translation>
        </message>
        <message>
            <source>Give every command its first key back.</source>
            <translation>Gibt jedem Befehl seine erste Taste zurück.</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Abbrechen</translation>
        </message>
        <message>
            <source>Change nothing.</source>
            <translation>Nichts ändern.</translation>
        </message>
        <message>
            <source>Save</source>
            <translation>Speichern</translation>
        </message>
        <message>
            <source>Take over.</source>
            <translation>Übernehmen.</translation>
        </message>
        <message>
            <source>{} stands for two commands: {} and {}.</source>
            <translation>{} steht für zwei Befehle: {} und {}.</translation>
        </message>
    </context>
    <context>
        <name>Presenter</name>
        <message>
            <source>Time not known yet</source>
            <translation>Dauer unbekannt</translation>
        </message>
        <message>
            <source>{} memory</source>
            <translation>{} Speicher</translation>
        </message>
        <message>
            <source>Nothing is lost: sound, subtitles, times and colours are kept.</source>
            <translation>Nichts geht verloren: Ton, Untertitel, Zeiten und Farben bleiben.</translation>
        </message>
        <message>
            <source>Reading {}</source>
            <translation>{} wird gelesen</translation>
        </message>
        <message>
            <source>Reading the clip</source>
            <translation>Der Clip wird gelesen</translation>
        </message>
        <message>
            <source>Reading {}: frame {}</source>
            <translation>{} wird gelesen: Bild {}</translation>
        </message>
        <message>
            <source>Reading {}: {} %</source>
            <translation>{} wird gelesen: {} %</translation>
        </message>
        <message>
            <source>frame {} of {}</source>
            <translation>Bild {} von {}</translation>
        </message>
        <message>
            <source>in {}  out {}</source>
            <translation>von {}  bis {}</translation>
        </message>
        <message>
            <source>Source  {}×{}</source>
            <translation>Quelle  {}×{}</translation>
        </message>
        <message>
            <source>Plain upscale (Lanczos), not restored</source>
            <translation>Nur vergrößert (Lanczos), nicht restauriert</translation>
        </message>
        <message>
            <source>Preview  {}</source>
            <translation>Vorschau  {}</translation>
        </message>
        <message>
            <source>Running job</source>
            <translation>Laufender Auftrag</translation>
        </message>
        <message>
            <source>Result</source>
            <translation>Ergebnis</translation>
        </message>
        <message>
            <source>Both pictures were saved beside the clip.</source>
            <translation>Beide Bilder liegen jetzt neben dem Clip.</translation>
        </message>
    </context>
    <context>
        <name>Presets</name>
        <message>
            <source>Old tape / DVD</source>
            <translation>Altes Band / DVD</translation>
        </message>
        <message>
            <source>Phone clip</source>
            <translation>Handyclip</translation>
        </message>
        <message>
            <source>Web video</source>
            <translation>Webvideo</translation>
        </message>
        <message>
            <source>Animation</source>
            <translation>Zeichentrick</translation>
        </message>
        <message>
            <source>AI clip</source>
            <translation>KI-Clip</translation>
        </message>
        <message>
            <source>Draft</source>
            <translation>Entwurf</translation>
        </message>
    </context>
    <context>
        <name>QueueDesk</name>
        <message>
            <source>Added. The queue is paused.</source>
            <translation>Hinzugefügt. Die Warteschlange ruht.</translation>
        </message>
        <message>
            <source>Resume</source>
            <translation>Fortsetzen</translation>
        </message>
        <message>
            <source>Added to the queue.</source>
            <translation>In die Warteschlange gestellt.</translation>
        </message>
        <message>
            <source>{} is done and checked.</source>
            <translation>{} ist fertig und geprüft.</translation>
        </message>
        <message>
            <source>Show</source>
            <translation>Zeigen</translation>
        </message>
    </context>
    <context>
        <name>QueuePanel</name>
        <message>
            <source>Resume</source>
            <translation>Fortsetzen</translation>
        </message>
        <message>
            <source>Let the queue run.</source>
            <translation>Lässt die Warteschlange laufen.</translation>
        </message>
        <message>
            <source>Pause: keeps the frame, frees the graphics card</source>
            <translation>Anhalten: behält das Bild, gibt die Grafikkarte frei</translation>
        </message>
        <message>
            <source>Cancel this job</source>
            <translation>Diesen Auftrag abbrechen</translation>
        </message>
        <message>
            <source>Clear done</source>
            <translation>Fertige entfernen</translation>
        </message>
        <message>
            <source>Remove finished jobs from the list.</source>
            <translation>Entfernt fertige Aufträge aus der Liste.</translation>
        </message>
        <message>
            <source>Open or close the queue</source>
            <translation>Warteschlange auf/zu</translation>
        </message>
        <message>
            <source>Queue ({})</source>
            <translation>Warteschlange ({})</translation>
        </message>
        <message>
            <source>Queue</source>
            <translation>Warteschlange</translation>
        </message>
        <message>
            <source>Paused. Finished parts are kept.</source>
            <translation>Angehalten. Fertige Teile bleiben.</translation>
        </message>
        <message>
            <source>{} done</source>
            <translation>{} fertig</translation>
        </message>
        <message>
            <source>{} failed</source>
            <translation>{} fehlgeschlagen</translation>
        </message>
        <message>
            <source>Nothing to do. Upscale adds a job here.</source>
            <translation>Nichts zu tun. Hochrechnen stellt hier einen Auftrag ein.</translation>
        </message>
    </context>
    <context>
        <name>QueueRow</name>
        <message>
            <source>Use the panel's settings for this job</source>
            <translation>Einstellungen der Leiste für diesen Auftrag nehmen</translation>
        </message>
        <message>
            <source>Show in the viewer</source>
            <translation>Im Betrachter zeigen</translation>
        </message>
        <message>
            <source>Move up</source>
            <translation>Nach oben</translation>
        </message>
        <message>
            <source>Move down</source>
            <translation>Nach unten</translation>
        </message>
        <message>
            <source>Pause: keeps the frame, frees the graphics card</source>
            <translation>Anhalten: behält das Bild, gibt die Grafikkarte frei</translation>
        </message>
        <message>
            <source>Resume where it stopped</source>
            <translation>Fortsetzen, wo es aufhörte</translation>
        </message>
        <message>
            <source>Start again; finished parts are used</source>
            <translation>Neu starten; fertige Teile werden benutzt</translation>
        </message>
        <message>
            <source>Play the result</source>
            <translation>Das Ergebnis abspielen</translation>
        </message>
        <message>
            <source>Show the result's folder</source>
            <translation>Den Ordner des Ergebnisses zeigen</translation>
        </message>
        <message>
            <source>Cancel this job</source>
            <translation>Diesen Auftrag abbrechen</translation>
        </message>
        <message>
            <source>Remove from the list</source>
            <translation>Aus der Liste entfernen</translation>
        </message>
        <message>
            <source>Ready to resume</source>
            <translation>Kann weitergehen</translation>
        </message>
        <message>
            <source>Waiting</source>
            <translation>Wartet</translation>
        </message>
        <message>
            <source>Paused</source>
            <translation>Angehalten</translation>
        </message>
        <message>
            <source>Done and checked</source>
            <translation>Fertig und geprüft</translation>
        </message>
        <message>
            <source>Failed</source>
            <translation>Fehlgeschlagen</translation>
        </message>
        <message>
            <source>Cancelled</source>
            <translation>Abgebrochen</translation>
        </message>
        <message>
            <source>Joining the parts and copying the sound</source>
            <translation>Teile werden verbunden, Ton wird kopiert</translation>
        </message>
        <message>
            <source>Checking the finished file</source>
            <translation>Die fertige Datei wird geprüft</translation>
        </message>
        <message>
            <source>Reading the clip and loading the model</source>
            <translation>Clip wird gelesen, Modell wird geladen</translation>
        </message>
        <message>
            <source>{} of {} frames</source>
            <translation>{} von {} Bildern</translation>
        </message>
    </context>
    <context>
        <name>QuitDialog</name>
        <message>
            <source>A job is running</source>
            <translation>Ein Auftrag läuft</translation>
        </message>
        <message>
            <source>Stop after this part</source>
            <translation>Nach diesem Teil anhalten</translation>
        </message>
        <message>
            <source>Loses nothing; goes on next time.</source>
            <translation>Verliert nichts; geht nächstes Mal weiter.</translation>
        </message>
        <message>
            <source>Quit now</source>
            <translation>Sofort beenden</translation>
        </message>
        <message>
            <source>The part under way is done again next time.</source>
            <translation>Der laufende Teil wird nächstes Mal wiederholt.</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Abbrechen</translation>
        </message>
        <message>
            <source>Back to the window.</source>
            <translation>Zurück zum Fenster.</translation>
        </message>
        <message>
            <source>Keep in tray</source>
            <translation>Im Hintergrund weiter</translation>
        </message>
        <message>
            <source>The window closes, the job runs on.</source>
            <translation>Das Fenster schließt, der Auftrag läuft weiter.</translation>
        </message>
        <message>
            <source>{} is at {} %, {}.</source>
            <translation>{} steht bei {} %, {}.</translation>
        </message>
        <message>
            <source>{} more in the queue.</source>
            <translation>Noch {} in der Warteschlange.</translation>
        </message>
        <message>
            <source>Finished parts are kept: next time it goes on from about frame {}.</source>
            <translation>Fertige Teile bleiben: Nächstes Mal geht es etwa bei Bild {} weiter.</translation>
        </message>
    </context>
    <context>
        <name>Section</name>
        <message>
            <source>Reset {} to what it was</source>
            <translation>{} zurücksetzen</translation>
        </message>
    </context>
    <context>
        <name>SettingsPanel</name>
        <message>
            <source>The preview waits for the next step of the running job.</source>
            <translation>Die Vorschau wartet auf den nächsten Schritt des laufenden Auftrags.</translation>
        </message>
        <message>
            <source>Restoring this frame</source>
            <translation>Dieses Bild wird restauriert</translation>
        </message>
        <message>
            <source>Restoring 3 seconds: {} of {} frames</source>
            <translation>3 Sekunden werden restauriert: {} von {} Bildern</translation>
        </message>
        <message>
            <source>Time it will take</source>
            <translation>So lange wird es dauern</translation>
        </message>
        <message>
            <source>Size and memory it will take</source>
            <translation>Größe und Speicher, die es braucht</translation>
        </message>
        <message>
            <source>End the preview</source>
            <translation>Vorschau beenden</translation>
        </message>
        <message>
            <source>Restores the frame you see, with its neighbours in time, as the whole film would be.</source>
            <translation>Restauriert das gezeigte Bild mit seinen Nachbarn, so wie später den ganzen Film.</translation>
        </message>
        <message>
            <source>Preview frame</source>
            <translation>Vorschau Bild</translation>
        </message>
        <message>
            <source>Preview 3 s</source>
            <translation>Vorschau 3 s</translation>
        </message>
        <message>
            <source>Restores three seconds from here on.</source>
            <translation>Restauriert drei Sekunden ab hier.</translation>
        </message>
        <message>
            <source>Upscale</source>
            <translation>Hochrechnen</translation>
        </message>
        <message>
            <source>Restores the film and checks it.</source>
            <translation>Restauriert den Film und prüft ihn.</translation>
        </message>
    </context>
    <context>
        <name>ShortcutsOverlay</name>
        <message>
            <source>Keys</source>
            <translation>Tasten</translation>
        </message>
        <message>
            <source>Change keys</source>
            <translation>Tasten ändern</translation>
        </message>
        <message>
            <source>Give commands other keys.</source>
            <translation>Befehlen andere Tasten geben.</translation>
        </message>
    </context>
    <context>
        <name>SourceCard</name>
        <message>
            <source>No clip open</source>
            <translation>Kein Clip offen</translation>
        </message>
        <message>
            <source>Size, rate and tracks appear here.</source>
            <translation>Größe, Rate und Spuren erscheinen hier.</translation>
        </message>
        <message>
            <source>Reading the clip</source>
            <translation>Der Clip wird gelesen</translation>
        </message>
        <message>
            <source>i</source>
            <comment>interlaced, as in 576i</comment>
            <translation>i</translation>
        </message>
        <message>
            <source>pixels {}:{}</source>
            <translation>Pixel {}:{}</translation>
        </message>
        <message>
            <source>{} frames</source>
            <translation>{} Bilder</translation>
        </message>
        <message>
            <source>{} bit</source>
            <translation>{} Bit</translation>
        </message>
        <message>
            <source>no sound</source>
            <translation>kein Ton</translation>
        </message>
        <message>
            <source>{} subtitles</source>
            <translation>{} Untertitel</translation>
        </message>
    </context>
    <context>
        <name>Timeline</name>
        <message>
            <source>Timeline</source>
            <translation>Zeitleiste</translation>
        </message>
        <message>
            <source>Frame {}</source>
            <translation>Bild {}</translation>
        </message>
    </context>
    <context>
        <name>Toast</name>
        <message>
            <source>Hide this message</source>
            <translation>Diese Meldung ausblenden</translation>
        </message>
    </context>
    <context>
        <name>TopBar</name>
        <message>
            <source>Zoom</source>
            <translation>Zoom</translation>
        </message>
        <message>
            <source>Comparison</source>
            <translation>Vergleich</translation>
        </message>
        <message>
            <source>Fit</source>
            <translation>Ganz</translation>
        </message>
        <message>
            <source>Wipe</source>
            <translation>Wischer</translation>
        </message>
        <message>
            <source>Side</source>
            <translation>Neben</translation>
        </message>
        <message>
            <source>Diff</source>
            <translation>Diff</translation>
        </message>
        <message>
            <source>Flicker</source>
            <translation>Wechsel</translation>
        </message>
        <message>
            <source>Open</source>
            <translation>Öffnen</translation>
        </message>
        <message>
            <source>Batch</source>
            <translation>Ordner</translation>
        </message>
        <message>
            <source>More</source>
            <translation>Mehr</translation>
        </message>
    </context>
    <context>
        <name>Transport</name>
        <message>
            <source>Time of the playhead</source>
            <translation>Zeit der Abspielmarke</translation>
        </message>
        <message>
            <source>To the start</source>
            <translation>Zum Anfang</translation>
        </message>
        <message>
            <source>One frame back</source>
            <translation>Ein Bild zurück</translation>
        </message>
        <message>
            <source>Play or stand still</source>
            <translation>Abspielen oder anhalten</translation>
        </message>
        <message>
            <source>One frame forward</source>
            <translation>Ein Bild vor</translation>
        </message>
        <message>
            <source>To the end</source>
            <translation>Zum Ende</translation>
        </message>
        <message>
            <source>Restore from here</source>
            <translation>Ab hier restaurieren</translation>
        </message>
        <message>
            <source>Restore up to here</source>
            <translation>Bis hier restaurieren</translation>
        </message>
        <message>
            <source>Restore the whole clip</source>
            <translation>Ganzen Clip nehmen</translation>
        </message>
    </context>
    <context>
        <name>TroubleCard</name>
        <message>
            <source>Hide this message</source>
            <translation>Diese Meldung ausblenden</translation>
        </message>
        <message>
            <source>Retry</source>
            <translation>Erneut</translation>
        </message>
        <message>
            <source>Try again; finished parts are used.</source>
            <translation>Erneut versuchen; fertige Teile werden benutzt.</translation>
        </message>
        <message>
            <source>Details</source>
            <translation>Einzelheiten</translation>
        </message>
        <message>
            <source>What a developer wants to know.</source>
            <translation>Was Entwickler wissen wollen.</translation>
        </message>
        <message>
            <source>Copy</source>
            <translation>Kopieren</translation>
        </message>
        <message>
            <source>Copy the details.</source>
            <translation>Die Einzelheiten kopieren.</translation>
        </message>
    </context>
    <context>
        <name>Words</name>
        <message>
            <source>{} s</source>
            <translation>{} s</translation>
        </message>
        <message>
            <source>{} min {} s</source>
            <translation>{} min {} s</translation>
        </message>
        <message>
            <source>{} h {} min</source>
            <translation>{} h {} min</translation>
        </message>
        <message>
            <source>{} d {} h</source>
            <translation>{} T {} h</translation>
        </message>
        <message>
            <source>{} min</source>
            <translation>{} min</translation>
        </message>
        <message>
            <source>measuring the time left</source>
            <translation>Restzeit wird gemessen</translation>
        </message>
        <message>
            <source>{} left</source>
            <translation>noch {}</translation>
        </message>
        <message>
            <source>{}, done {}</source>
            <translation>{}, fertig {}</translation>
        </message>
    </context>
    <context>
        <name>_DropHint</name>
        <message>
            <source>Drop to open</source>
            <translation>Loslassen zum Öffnen</translation>
        </message>
    </context>
</TS>
