<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE">
<context>
    <name>AdvancedSection</name>
    <message>
        <location filename="../../app/widgets/advanced_section.py" line="24"/>
        <source>Advanced</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/advanced_section.py" line="50"/>
        <location filename="../../app/widgets/advanced_section.py" line="89"/>
        <source>Deinterlace</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/advanced_section.py" line="50"/>
        <source>Removes the comb lines of old video before anything else.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/advanced_section.py" line="53"/>
        <source>When needed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/advanced_section.py" line="53"/>
        <source>Always</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/advanced_section.py" line="53"/>
        <source>Never</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/advanced_section.py" line="58"/>
        <location filename="../../app/widgets/advanced_section.py" line="90"/>
        <source>Damage</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/advanced_section.py" line="58"/>
        <source>How damaged the source is; auto measures it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/advanced_section.py" line="61"/>
        <location filename="../../app/widgets/advanced_section.py" line="91"/>
        <source>Tile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/advanced_section.py" line="61"/>
        <source>Smaller tiles need less memory and take longer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/advanced_section.py" line="64"/>
        <location filename="../../app/widgets/advanced_section.py" line="92"/>
        <source>Window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/advanced_section.py" line="64"/>
        <source>Frames restored together; fewer need less memory.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/advanced_section.py" line="67"/>
        <location filename="../../app/widgets/advanced_section.py" line="93"/>
        <source>Memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/advanced_section.py" line="67"/>
        <source>The most memory the model may use.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/advanced_section.py" line="70"/>
        <location filename="../../app/widgets/advanced_section.py" line="94"/>
        <source>Seed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/advanced_section.py" line="71"/>
        <source>Another number gives other invented detail.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/advanced_section.py" line="78"/>
        <location filename="../../app/widgets/advanced_section.py" line="96"/>
        <source>Steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/advanced_section.py" line="78"/>
        <source>More steps take longer and change fine detail.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/advanced_section.py" line="81"/>
        <location filename="../../app/widgets/advanced_section.py" line="97"/>
        <source>Prompt</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/advanced_section.py" line="81"/>
        <source>What is to be seen, for models that read text.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/advanced_section.py" line="83"/>
        <source>what is to be seen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/advanced_section.py" line="113"/>
        <source>auto</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Attendant</name>
    <message>
        <location filename="../../app/attendant.py" line="59"/>
        <source>{} done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/attendant.py" line="60"/>
        <source>{} failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/attendant.py" line="61"/>
        <source>The queue is done</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>BatchDialog</name>
    <message>
        <location filename="../../app/widgets/batch_dialog.py" line="35"/>
        <source>Restore a folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/batch_dialog.py" line="88"/>
        <location filename="../../app/widgets/batch_dialog.py" line="117"/>
        <source>Folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/batch_dialog.py" line="88"/>
        <source>The folder with the clips.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/batch_dialog.py" line="89"/>
        <location filename="../../app/widgets/batch_dialog.py" line="118"/>
        <source>Results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/batch_dialog.py" line="89"/>
        <source>Same tree, same names, in this folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/batch_dialog.py" line="91"/>
        <location filename="../../app/widgets/batch_dialog.py" line="121"/>
        <source>Types</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/batch_dialog.py" line="91"/>
        <source>Which files count as clips; empty for all known.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/batch_dialog.py" line="93"/>
        <source>all: mkv mp4 mov avi ...</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/batch_dialog.py" line="94"/>
        <source>With folders inside</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/batch_dialog.py" line="96"/>
        <source>Leave out finished ones</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/batch_dialog.py" line="98"/>
        <source>Keep watching: new clips are queued by themselves</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/batch_dialog.py" line="100"/>
        <source>Preset for all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/batch_dialog.py" line="100"/>
        <source>Settings for every clip of the list.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/batch_dialog.py" line="104"/>
        <source>Clip</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/batch_dialog.py" line="104"/>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/batch_dialog.py" line="104"/>
        <location filename="../../app/widgets/batch_dialog.py" line="125"/>
        <source>Preset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/batch_dialog.py" line="113"/>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/batch_dialog.py" line="113"/>
        <source>Add nothing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/batch_dialog.py" line="114"/>
        <location filename="../../app/widgets/batch_dialog.py" line="172"/>
        <source>Add to the queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/batch_dialog.py" line="114"/>
        <source>Queues the ticked clips.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/batch_dialog.py" line="134"/>
        <source>Choose a folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/batch_dialog.py" line="152"/>
        <source>The panel&apos;s settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/batch_dialog.py" line="158"/>
        <source>Finished</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/batch_dialog.py" line="158"/>
        <source>New</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/batch_dialog.py" line="164"/>
        <source>Preset of {}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/batch_dialog.py" line="172"/>
        <source>Add {} to the queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/batch_dialog.py" line="174"/>
        <source>Choose a folder, or drop one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/batch_dialog.py" line="177"/>
        <source>{} clips, {} finished, {} other files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/batch_dialog.py" line="189"/>
        <source>Looking into the folder</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>BetaSlider</name>
    <message>
        <location filename="../../app/widgets/beta_slider.py" line="31"/>
        <source>Perception to fidelity</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/beta_slider.py" line="34"/>
        <source>Left: livelier detail, more of it invented. Right: closer to what the source really shows.
Arrow keys move it, double-click puts it back to 1.00.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>BetaStrip</name>
    <message>
        <location filename="../../app/widgets/beta_strip.py" line="24"/>
        <source>This frame at five places of the slider</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/beta_strip.py" line="115"/>
        <source>{}  perception</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/beta_strip.py" line="117"/>
        <source>{}  fidelity</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CompareView</name>
    <message>
        <location filename="../../app/widgets/compare_view.py" line="55"/>
        <source>Comparison of source and result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/compare_view.py" line="307"/>
        <source>Difference, {} times</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CountdownDialog</name>
    <message>
        <location filename="../../app/widgets/countdown_dialog.py" line="18"/>
        <source>All jobs are done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/countdown_dialog.py" line="23"/>
        <source>Now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/countdown_dialog.py" line="23"/>
        <source>Do not wait.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/countdown_dialog.py" line="24"/>
        <source>Stay awake</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/countdown_dialog.py" line="24"/>
        <source>Nothing happens to the machine.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/countdown_dialog.py" line="47"/>
        <source>This computer goes to sleep in {} s.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/countdown_dialog.py" line="49"/>
        <source>This computer switches off in {} s.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DialogDesk</name>
    <message>
        <location filename="../../app/dialog_desk.py" line="54"/>
        <source>Clips ({})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/dialog_desk.py" line="54"/>
        <source>All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/dialog_desk.py" line="56"/>
        <source>Open a clip</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/dialog_desk.py" line="64"/>
        <source>Where results go</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/dialog_desk.py" line="124"/>
        <source>Save as a preset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/dialog_desk.py" line="125"/>
        <source>Name of the preset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/dialog_desk.py" line="140"/>
        <source>Saved as {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/dialog_desk.py" line="164"/>
        <source>Choose a folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/dialog_desk.py" line="175"/>
        <source>{} clips were added to the queue.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EmptyState</name>
    <message>
        <location filename="../../app/widgets/empty_state.py" line="32"/>
        <source>Drop a clip here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/empty_state.py" line="34"/>
        <source>Video files, image sequences or a whole folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/empty_state.py" line="38"/>
        <source>Recent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/empty_state.py" line="40"/>
        <source>Try the demo clip</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/empty_state.py" line="40"/>
        <source>A few seconds that come with Evenstar.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/empty_state.py" line="69"/>
        <source>Open a clip</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/empty_state.py" line="69"/>
        <source>Choose a video file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/empty_state.py" line="70"/>
        <source>Open a folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/empty_state.py" line="70"/>
        <source>Restore all clips of a folder.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ExportSection</name>
    <message>
        <location filename="../../app/widgets/export_section.py" line="34"/>
        <source>Export</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/export_section.py" line="74"/>
        <location filename="../../app/widgets/export_section.py" line="102"/>
        <source>Container</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/export_section.py" line="74"/>
        <source>MKV holds every track; MP4 plays everywhere.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/export_section.py" line="77"/>
        <location filename="../../app/widgets/export_section.py" line="103"/>
        <source>Codec</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/export_section.py" line="77"/>
        <source>How the picture is packed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/export_section.py" line="78"/>
        <location filename="../../app/widgets/export_section.py" line="104"/>
        <source>Quality</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/export_section.py" line="78"/>
        <source>Better quality makes a larger file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/export_section.py" line="80"/>
        <source>Master, large</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/export_section.py" line="81"/>
        <source>Very good</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/export_section.py" line="82"/>
        <source>Good, smaller</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/export_section.py" line="83"/>
        <source>Small, to send</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/export_section.py" line="88"/>
        <source>10 bit: smoother skies and shadows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/export_section.py" line="89"/>
        <source>Keep all sound tracks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/export_section.py" line="90"/>
        <source>Keep subtitles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/export_section.py" line="91"/>
        <source>Keep chapters, attachments, metadata</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/export_section.py" line="93"/>
        <location filename="../../app/widgets/export_section.py" line="107"/>
        <source>Name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/export_section.py" line="94"/>
        <source>Name of the result. Filled in: {stem} {width} {height} {scale} {model} {preset} {beta}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/export_section.py" line="97"/>
        <location filename="../../app/widgets/export_section.py" line="109"/>
        <source>Folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/export_section.py" line="97"/>
        <source>Where the result goes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/export_section.py" line="98"/>
        <source>beside the source</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/export_section.py" line="99"/>
        <source>Choose a folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/export_section.py" line="114"/>
        <source>A name that is taken gets a number; nothing is overwritten.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/export_section.py" line="136"/>
        <source>ProRes, for editing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/export_section.py" line="137"/>
        <source>FFV1, lossless</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/export_section.py" line="140"/>
        <source>Automatic</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LookSections</name>
    <message>
        <location filename="../../app/widgets/look_section.py" line="31"/>
        <source>Restoration</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/look_section.py" line="32"/>
        <source>Look</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/look_section.py" line="33"/>
        <location filename="../../app/widgets/look_section.py" line="96"/>
        <source>Preset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/look_section.py" line="33"/>
        <source>Settings that suit a kind of source.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/look_section.py" line="34"/>
        <source>Target by lines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/look_section.py" line="35"/>
        <source>Target by factor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/look_section.py" line="36"/>
        <location filename="../../app/widgets/look_section.py" line="99"/>
        <source>Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/look_section.py" line="36"/>
        <source>Which network restores the picture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/look_section.py" line="51"/>
        <source>Your own settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/look_section.py" line="87"/>
        <source>The short side becomes {} pixels.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/look_section.py" line="90"/>
        <source>Width and height become {:g} times as large.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/look_section.py" line="92"/>
        <source>Save these settings as a preset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/look_section.py" line="94"/>
        <source>What the models are and what they need</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/look_section.py" line="107"/>
        <source>Perception</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/look_section.py" line="111"/>
        <source>Fidelity</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/look_section.py" line="112"/>
        <source>Shows this frame at five places of the slider; click the one you like.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/look_section.py" line="113"/>
        <source>Compare five looks</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <location filename="../../app/main_window.py" line="168"/>
        <source>Models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/main_window.py" line="193"/>
        <source>{} jobs from last time can go on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/main_window.py" line="193"/>
        <source>Resume</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/main_window.py" line="243"/>
        <source>{} clips were added to the queue.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/main_window.py" line="367"/>
        <source>Stopping after this part.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/main_window.py" line="367"/>
        <source>Keep running</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ModelsDialog</name>
    <message>
        <location filename="../../app/widgets/models_dialog.py" line="18"/>
        <source>Models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/models_dialog.py" line="35"/>
        <source>A model that needs a download says its size, licence and time before anything is fetched.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/models_dialog.py" line="38"/>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/models_dialog.py" line="38"/>
        <source>Back to the window.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/models_dialog.py" line="63"/>
        <source>Comes with Evenstar</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/models_dialog.py" line="63"/>
        <source>Needs a download</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/models_dialog.py" line="67"/>
        <source>In use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/models_dialog.py" line="71"/>
        <source>Use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/models_dialog.py" line="71"/>
        <source>Take this model for the next job.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/models_dialog.py" line="83"/>
        <source>Enlarges {}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/models_dialog.py" line="84"/>
        <source>up to {} of memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/models_dialog.py" line="85"/>
        <source>licence {}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/models_dialog.py" line="87"/>
        <source>slider live</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/models_dialog.py" line="87"/>
        <source>slider by preview</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PreferencesDialog</name>
    <message>
        <location filename="../../app/widgets/preferences_dialog.py" line="32"/>
        <source>Preferences</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/preferences_dialog.py" line="36"/>
        <source>Tell me when the queue is done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/preferences_dialog.py" line="38"/>
        <source>Keep the computer awake while a job runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/preferences_dialog.py" line="40"/>
        <location filename="../../app/widgets/preferences_dialog.py" line="52"/>
        <source>Theme</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/preferences_dialog.py" line="41"/>
        <location filename="../../app/widgets/preferences_dialog.py" line="58"/>
        <source>Language</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/preferences_dialog.py" line="42"/>
        <location filename="../../app/widgets/preferences_dialog.py" line="62"/>
        <source>When all is done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/preferences_dialog.py" line="45"/>
        <source>Keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/preferences_dialog.py" line="52"/>
        <source>Light or dark surroundings.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/preferences_dialog.py" line="55"/>
        <location filename="../../app/widgets/preferences_dialog.py" line="59"/>
        <source>As the system</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/preferences_dialog.py" line="55"/>
        <source>Dark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/preferences_dialog.py" line="55"/>
        <source>Light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/preferences_dialog.py" line="58"/>
        <source>Takes effect at the next start.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/preferences_dialog.py" line="62"/>
        <source>With a minute to change your mind.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/preferences_dialog.py" line="67"/>
        <source>Do nothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/preferences_dialog.py" line="68"/>
        <source>Go to sleep</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/preferences_dialog.py" line="69"/>
        <source>Switch off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/preferences_dialog.py" line="98"/>
        <source>Standard keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/preferences_dialog.py" line="98"/>
        <source>Give every command its first key back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/preferences_dialog.py" line="100"/>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/preferences_dialog.py" line="100"/>
        <source>Change nothing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/preferences_dialog.py" line="101"/>
        <source>Save</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/preferences_dialog.py" line="101"/>
        <source>Take over.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/preferences_dialog.py" line="125"/>
        <source>{} stands for two commands: {} and {}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Presenter</name>
    <message>
        <location filename="../../app/presenter.py" line="104"/>
        <source>Time not known yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/presenter.py" line="107"/>
        <source>{} memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/presenter.py" line="119"/>
        <source>Nothing is lost: sound, subtitles, times and colours are kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/presenter.py" line="125"/>
        <source>Reading {}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/presenter.py" line="145"/>
        <source>Reading {}: frame {}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/presenter.py" line="147"/>
        <source>Reading {}: {} %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/presenter.py" line="170"/>
        <source>frame {} of {}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/presenter.py" line="187"/>
        <source>in {}  out {}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/presenter.py" line="207"/>
        <source>Source  {}×{}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/presenter.py" line="213"/>
        <source>Plain upscale (Lanczos), not restored</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/presenter.py" line="214"/>
        <location filename="../../app/presenter.py" line="215"/>
        <source>Preview  {}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/presenter.py" line="216"/>
        <source>Running job</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/presenter.py" line="217"/>
        <source>Result</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>QueueDesk</name>
    <message>
        <location filename="../../app/queue_desk.py" line="48"/>
        <source>Added. The queue is paused.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/queue_desk.py" line="48"/>
        <source>Resume</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/queue_desk.py" line="50"/>
        <source>Added to the queue.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/queue_desk.py" line="115"/>
        <source>{} is done and checked.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/queue_desk.py" line="116"/>
        <source>Show</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>QueuePanel</name>
    <message>
        <location filename="../../app/widgets/queue_panel.py" line="118"/>
        <source>Resume</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/queue_panel.py" line="118"/>
        <source>Let the queue run.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/queue_panel.py" line="119"/>
        <source>Pause: keeps what is done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/queue_panel.py" line="120"/>
        <source>Cancel this job</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/queue_panel.py" line="122"/>
        <source>Clear done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/queue_panel.py" line="122"/>
        <source>Remove finished jobs from the list.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/queue_panel.py" line="124"/>
        <source>Open or close the queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/queue_panel.py" line="164"/>
        <source>Queue ({})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/queue_panel.py" line="164"/>
        <source>Queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/queue_panel.py" line="183"/>
        <source>Paused. What is done is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/queue_panel.py" line="184"/>
        <source>{} done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/queue_panel.py" line="185"/>
        <source>{} failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/queue_panel.py" line="186"/>
        <source>Nothing to do. Upscale adds a job here.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>QueueRow</name>
    <message>
        <location filename="../../app/widgets/queue_row.py" line="139"/>
        <source>Use the panel&apos;s settings for this job</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/queue_row.py" line="141"/>
        <source>Show in the viewer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/queue_row.py" line="142"/>
        <source>Move up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/queue_row.py" line="143"/>
        <source>Move down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/queue_row.py" line="176"/>
        <source>Pause: keeps what is done, frees the graphics card</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/queue_row.py" line="177"/>
        <source>Resume where it stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/queue_row.py" line="178"/>
        <source>Start again; finished parts are used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/queue_row.py" line="179"/>
        <source>Play the result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/queue_row.py" line="180"/>
        <source>Show the result&apos;s folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/queue_row.py" line="181"/>
        <source>Cancel this job</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/queue_row.py" line="182"/>
        <source>Remove from the list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/queue_row.py" line="196"/>
        <source>Ready to resume</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/queue_row.py" line="198"/>
        <source>Waiting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/queue_row.py" line="199"/>
        <source>Paused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/queue_row.py" line="200"/>
        <source>Done and checked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/queue_row.py" line="201"/>
        <source>Failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/queue_row.py" line="202"/>
        <source>Cancelled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/queue_row.py" line="255"/>
        <source>{} of {} frames</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>QuitDialog</name>
    <message>
        <location filename="../../app/widgets/quit_dialog.py" line="29"/>
        <source>A job is running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/quit_dialog.py" line="36"/>
        <source>Stop after this part</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/quit_dialog.py" line="37"/>
        <source>Loses nothing; goes on next time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/quit_dialog.py" line="39"/>
        <source>Quit now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/quit_dialog.py" line="39"/>
        <source>The part under way is done again next time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/quit_dialog.py" line="40"/>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/quit_dialog.py" line="40"/>
        <source>Back to the window.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/quit_dialog.py" line="44"/>
        <source>Keep in tray</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/quit_dialog.py" line="44"/>
        <source>The window closes, the job runs on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/quit_dialog.py" line="59"/>
        <source>{} is at {} %, {}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/quit_dialog.py" line="63"/>
        <source>{} more in the queue.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/quit_dialog.py" line="67"/>
        <source>Finished parts are kept: next time it goes on from about frame {}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Section</name>
    <message>
        <location filename="../../app/widgets/section.py" line="28"/>
        <source>Reset {} to what it was</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SettingsPanel</name>
    <message>
        <location filename="../../app/widgets/settings_panel.py" line="80"/>
        <source>The preview waits for the queue. Pause it to look now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/settings_panel.py" line="81"/>
        <source>Restoring this frame</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/settings_panel.py" line="82"/>
        <source>Restoring 3 seconds: {} of {} frames</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/settings_panel.py" line="143"/>
        <source>Time it will take</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/settings_panel.py" line="145"/>
        <source>Size and memory it will take</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/settings_panel.py" line="152"/>
        <source>End the preview</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/settings_panel.py" line="154"/>
        <source>Restores the frame you see, with its neighbours in time, as the whole film would be.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/settings_panel.py" line="155"/>
        <source>Preview frame</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/settings_panel.py" line="156"/>
        <source>Preview 3 s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/settings_panel.py" line="156"/>
        <source>Restores three seconds from here on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/settings_panel.py" line="158"/>
        <source>Upscale</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/settings_panel.py" line="158"/>
        <source>Restores the film and checks it.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ShortcutsOverlay</name>
    <message>
        <location filename="../../app/widgets/shortcuts_overlay.py" line="58"/>
        <source>Keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/shortcuts_overlay.py" line="60"/>
        <source>Change keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/shortcuts_overlay.py" line="60"/>
        <source>Give commands other keys.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SourceCard</name>
    <message>
        <location filename="../../app/widgets/source_card.py" line="31"/>
        <source>No clip open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/source_card.py" line="32"/>
        <source>Size, rate and tracks appear here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/source_card.py" line="37"/>
        <source>Reading the clip</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/source_card.py" line="49"/>
        <source>i</source>
        <comment>interlaced, as in 576i</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/source_card.py" line="53"/>
        <source>pixels {}:{}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/source_card.py" line="55"/>
        <source>{} frames</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/source_card.py" line="61"/>
        <source>{} bit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/source_card.py" line="67"/>
        <source>no sound</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/source_card.py" line="68"/>
        <source>{} subtitles</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message>
        <location filename="../../app/widgets/timeline.py" line="31"/>
        <source>Timeline</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/timeline.py" line="119"/>
        <source>Frame {}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Toast</name>
    <message>
        <location filename="../../app/widgets/toast.py" line="24"/>
        <source>Hide this message</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TopBar</name>
    <message>
        <location filename="../../app/widgets/top_bar.py" line="23"/>
        <source>Zoom</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/top_bar.py" line="24"/>
        <source>Comparison</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/top_bar.py" line="59"/>
        <source>Fit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/top_bar.py" line="62"/>
        <source>Wipe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/top_bar.py" line="63"/>
        <source>Side</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/top_bar.py" line="64"/>
        <source>Diff</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/top_bar.py" line="65"/>
        <source>Flicker</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/top_bar.py" line="74"/>
        <source>Open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/top_bar.py" line="75"/>
        <source>Batch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/top_bar.py" line="86"/>
        <source>More</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Transport</name>
    <message>
        <location filename="../../app/widgets/transport.py" line="22"/>
        <source>Time of the playhead</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/transport.py" line="82"/>
        <source>To the start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/transport.py" line="83"/>
        <source>One frame back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/transport.py" line="84"/>
        <source>Play or stand still</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/transport.py" line="85"/>
        <source>One frame forward</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/transport.py" line="86"/>
        <source>To the end</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/transport.py" line="87"/>
        <source>Restore from here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/transport.py" line="88"/>
        <source>Restore up to here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/transport.py" line="89"/>
        <source>Restore the whole clip</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TroubleCard</name>
    <message>
        <location filename="../../app/widgets/trouble_card.py" line="56"/>
        <source>Hide this message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/trouble_card.py" line="74"/>
        <source>Retry</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/trouble_card.py" line="74"/>
        <source>Try again; finished parts are used.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/trouble_card.py" line="76"/>
        <source>Details</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/trouble_card.py" line="76"/>
        <source>What a developer wants to know.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/trouble_card.py" line="77"/>
        <source>Copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/widgets/trouble_card.py" line="77"/>
        <source>Copy the details.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message>
        <location filename="../../app/words.py" line="23"/>
        <source>{} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/words.py" line="25"/>
        <source>{} min {} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/words.py" line="27"/>
        <source>{} h {} min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/words.py" line="28"/>
        <source>{} d {} h</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/words.py" line="37"/>
        <source>{} min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/words.py" line="44"/>
        <source>measuring the time left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/words.py" line="45"/>
        <source>{} left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../app/words.py" line="49"/>
        <source>{}, done {}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_DropHint</name>
    <message>
        <location filename="../../app/widgets/stage.py" line="101"/>
        <source>Drop to open</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
