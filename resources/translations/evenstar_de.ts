<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de">
    <context>
        <name>AboutDialog</name>
        <message>
            <source>About Evenstar</source>
            <translation>Über Evenstar</translation>
        </message>
        <message>
            <source>Text of the licence</source>
            <translation>Text der Lizenz</translation>
        </message>
        <message>
            <source>Evenstar {}</source>
            <translation>Evenstar {}</translation>
        </message>
        <message>
            <source>Restores real-world film with STAR (arXiv 2501.02976), DiffVSR (arXiv 2501.10110) and a small model of its own.</source>
            <translation>Restauriert echte Filme mit STAR (arXiv 2501.02976), DiffVSR (arXiv 2501.10110) und einem eigenen kleinen Modell.</translation>
        </message>
        <message>
            <source>Evenstar&apos;s own code and weights are under the MIT licence. The FFmpeg inside PyAV contains x264 and x265: a folder with them in it is passed on under the GNU General Public Licence. Qt is used under the LGPL; its libraries are separate files that can be exchanged.</source>
            <translation>Evenstars eigener Code und seine Gewichte stehen unter der MIT-Lizenz. Das FFmpeg in PyAV enthält x264 und x265: Ein Ordner, in dem sie liegen, wird unter der GNU General Public License weitergegeben. Qt wird unter der LGPL benutzt; seine Bibliotheken sind eigene Dateien, die sich austauschen lassen.</translation>
        </message>
        <message>
            <source>Part</source>
            <translation>Teil</translation>
        </message>
        <message>
            <source>Version</source>
            <translation>Version</translation>
        </message>
        <message>
            <source>Licence</source>
            <translation>Lizenz</translation>
        </message>
        <message>
            <source>What is bundled</source>
            <translation>Was mitgeliefert wird</translation>
        </message>
        <message>
            <source>Crash reports</source>
            <translation>Absturzberichte</translation>
        </message>
        <message>
            <source>Show the folder where reports are kept.</source>
            <translation>Zeigt den Ordner, in dem die Berichte liegen.</translation>
        </message>
        <message>
            <source>Copy versions</source>
            <translation>Versionen kopieren</translation>
        </message>
        <message>
            <source>For a message to the people who make Evenstar.</source>
            <translation>Für eine Nachricht an die Menschen, die Evenstar machen.</translation>
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
        <name>AdaptDialog</name>
        <message>
            <source>Adapt to your footage</source>
            <translation>An eigenes Material anpassen</translation>
        </message>
        <message>
            <source>Give a folder of good clips of the same kind as those you want to restore: the well kept part of an archive, a style of animation. Evenstar damages them in many ways, learns to undo it, and measures on a part it has not learned from whether that helped. The Compact model itself is not changed.</source>
            <translation>Geben Sie einen Ordner mit guten Clips von der Art an, die Sie restaurieren möchten: der gut erhaltene Teil eines Archivs, ein Zeichentrickstil. Evenstar beschädigt sie auf viele Arten, lernt, das rückgängig zu machen, und misst an einem nicht gelernten Teil, ob es geholfen hat. Das Modell Compact selbst bleibt, wie es ist.</translation>
        </message>
        <message>
            <source>Folder</source>
            <translation>Ordner</translation>
        </message>
        <message>
            <source>The folder with the good clips.</source>
            <translation>Der Ordner mit den guten Clips.</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>Name</translation>
        </message>
        <message>
            <source>Of the new model, in the list of models.</source>
            <translation>Des neuen Modells in der Liste der Modelle.</translation>
        </message>
        <message>
            <source>Size</source>
            <translation>Größe</translation>
        </message>
        <message>
            <source>How much the new model enlarges.</source>
            <translation>Wie stark das neue Modell vergrößert.</translation>
        </message>
        <message>
            <source>Time</source>
            <translation>Zeit</translation>
        </message>
        <message>
            <source>Of training; looking and measuring come on top.</source>
            <translation>Des Trainings; Ansehen und Messen kommen hinzu.</translation>
        </message>
        <message>
            <source>Choose a folder</source>
            <translation>Einen Ordner wählen</translation>
        </message>
        <message>
            <source>Stopped. What was learned is kept: starting with the same folder, name and size goes on.</source>
            <translation>Angehalten. Gelerntes bleibt erhalten: Ein Start mit demselben Ordner, Namen und derselben Größe macht weiter.</translation>
        </message>
        <message>
            <source>Compact</source>
            <translation>Compact</translation>
        </message>
        <message>
            <source>Yours so far</source>
            <translation>Ihres bisher</translation>
        </message>
        <message>
            <source>Yours</source>
            <translation>Ihres</translation>
        </message>
        <message>
            <source>A held-back picture, damaged and enlarged; of all pieces the one with the middle gain.</source>
            <translation>Ein nicht gelerntes Bild, beschädigt und vergrößert; von allen Stücken das mit dem mittleren Gewinn.</translation>
        </message>
        <message>
            <source>Discard</source>
            <translation>Verwerfen</translation>
        </message>
        <message>
            <source>Throw away what was learned.</source>
            <translation>Wirft das Gelernte weg.</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>Anhalten</translation>
        </message>
        <message>
            <source>What was learned is kept; go on any time.</source>
            <translation>Gelerntes bleibt erhalten; jederzeit fortsetzbar.</translation>
        </message>
        <message>
            <source>Finish now</source>
            <translation>Jetzt abschließen</translation>
        </message>
        <message>
            <source>Ends the training and measures what was learned.</source>
            <translation>Beendet das Training und misst, was gelernt wurde.</translation>
        </message>
        <message>
            <source>Keep it anyway</source>
            <translation>Trotzdem behalten</translation>
        </message>
        <message>
            <source>Adds it to the list of models.</source>
            <translation>Nimmt es in die Liste der Modelle auf.</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>Schließen</translation>
        </message>
        <message>
            <source>Training goes on while you work.</source>
            <translation>Das Training läuft weiter, während Sie arbeiten.</translation>
        </message>
        <message>
            <source>Start</source>
            <translation>Starten</translation>
        </message>
        <message>
            <source>Nothing leaves this computer.</source>
            <translation>Nichts verlässt diesen Computer.</translation>
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
            <source>Go on</source>
            <translation>Fortsetzen</translation>
        </message>
        <message>
            <source>{} clips: {} pieces to learn from, {} held back to measure on.</source>
            <translation>{} Clips: {} Stücke zum Lernen, {} zurückgehalten zum Messen.</translation>
        </message>
        <message>
            <source>{} is better than Compact on your footage</source>
            <translation>{} ist auf Ihrem Material besser als Compact</translation>
        </message>
        <message>
            <source>{} is no better than Compact</source>
            <translation>{} ist nicht besser als Compact</translation>
        </message>
        <message>
            <source>{} is worse than Compact, so it was not added to the models</source>
            <translation>{} ist schlechter als Compact und wurde nicht zu den Modellen aufgenommen</translation>
        </message>
        <message>
            <source>{} is worse than Compact; it was added as you wished</source>
            <translation>{} ist schlechter als Compact; es wurde auf Ihren Wunsch aufgenommen</translation>
        </message>
        <message>
            <source>Finishing</source>
            <translation>Wird abgeschlossen</translation>
        </message>
        <message>
            <source>Stopping and keeping what was learned</source>
            <translation>Wird angehalten, Gelerntes bleibt</translation>
        </message>
        <message>
            <source>Throwing away what was learned</source>
            <translation>Gelerntes wird verworfen</translation>
        </message>
        <message>
            <source>Learning fine detail</source>
            <translation>Lernt feine Details</translation>
        </message>
        <message>
            <source>Learning to stay close to the picture</source>
            <translation>Lernt, nah am Bild zu bleiben</translation>
        </message>
        <message>
            <source>Looking at the clips: {} of {}</source>
            <translation>Sieht die Clips an: {} von {}</translation>
        </message>
        <message>
            <source>Cutting out sharp parts: {} of {}</source>
            <translation>Schneidet scharfe Teile aus: {} von {}</translation>
        </message>
        <message>
            <source>Measuring on the held-back part: {} of {}</source>
            <translation>Misst am zurückgehaltenen Teil: {} von {}</translation>
        </message>
        <message>
            <source>Starting</source>
            <translation>Beginnt</translation>
        </message>
    </context>
    <context>
        <name>AdvancedSection</name>
        <message>
            <source>Advanced</source>
            <translation>Erweitert</translation>
        </message>
        <message>
            <source>The fastest alone</source>
            <translation>Die schnellste allein</translation>
        </message>
        <message>
            <source>All together: {0}</source>
            <translation>Alle zusammen: {0}</translation>
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
            <source>Film on video, 24 fps</source>
            <translation>Film auf Video, 24 B/s</translation>
        </message>
        <message>
            <source>Undoes 3:2 pulldown: the film&apos;s own frames come back, four of every five.</source>
            <translation>Macht 3:2-Pulldown rückgängig: Die eigenen Bilder des Films kommen zurück, vier von je fünf.</translation>
        </message>
        <message>
            <source>HDR becomes SDR</source>
            <translation>HDR wird SDR</translation>
        </message>
        <message>
            <source>Bright HDR pictures are fitted to ordinary screens (BT.709); SDR clips stay as they are.</source>
            <translation>Helle HDR-Bilder werden an gewöhnliche Bildschirme (BT.709) angepasst; SDR-Clips bleiben, wie sie sind.</translation>
        </message>
        <message>
            <source>Kept frames</source>
            <translation>Bilder behalten</translation>
        </message>
        <message>
            <source>Restored frames kept without loss: other export settings then run no model.</source>
            <translation>Restaurierte Bilder werden verlustfrei behalten: Andere Exporteinstellungen brauchen dann kein Modell.</translation>
        </message>
        <message>
            <source>While there is room</source>
            <translation>Solange Platz ist</translation>
        </message>
        <message>
            <source>Keep for good</source>
            <translation>Dauerhaft</translation>
        </message>
        <message>
            <source>Do not keep</source>
            <translation>Nicht behalten</translation>
        </message>
        <message>
            <source>Devices</source>
            <translation>Geräte</translation>
        </message>
        <message>
            <source>Several cards restore one film together, each its own parts.</source>
            <translation>Mehrere Karten restaurieren einen Film gemeinsam, jede ihre eigenen Teile.</translation>
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
        <message>
            <source>Faster sampling</source>
            <translation>Schnelleres Sampling</translation>
        </message>
        <message>
            <source>Computes less; not yet measured against the full sampling with real weights.</source>
            <translation>Rechnet weniger; mit echten Gewichten noch nicht gegen das volle Sampling gemessen.</translation>
        </message>
        <message>
            <source>Compile the network first</source>
            <translation>Netzwerk zuerst übersetzen</translation>
        </message>
        <message>
            <source>Takes minutes at the start, so it is for long films on a graphics card; not yet measured.</source>
            <translation>Dauert am Anfang Minuten, ist also für lange Filme auf einer Grafikkarte; noch nicht gemessen.</translation>
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
        <message>
            <source>The training stopped early</source>
            <translation>Das Training brach ab</translation>
        </message>
        <message>
            <source>Start again with the same folder, name and size: it goes on with what was saved last.</source>
            <translation>Starten Sie noch einmal mit demselben Ordner, Namen und derselben Größe: Es geht mit dem zuletzt Gespeicherten weiter.</translation>
        </message>
        <message>
            <source>The model is in use elsewhere</source>
            <translation>Das Modell wird anderswo benutzt</translation>
        </message>
        <message>
            <source>nothing in the weights folder was changed.</source>
            <translation>im Ordner der Gewichte wurde nichts geändert.</translation>
        </message>
        <message>
            <source>Wait until the other Evenstar is done with them, then retry.</source>
            <translation>Warten Sie, bis das andere Evenstar damit fertig ist, und versuchen Sie es dann noch einmal.</translation>
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
            <source>The panel&apos;s settings</source>
            <translation>Wie in der Leiste</translation>
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
        <name>CancelDialog</name>
        <message>
            <source>Cancel this job?</source>
            <translation>Diesen Auftrag abbrechen?</translation>
        </message>
        <message>
            <source>{}: {} of {} frames are restored. Cancelling removes them; pausing keeps them.</source>
            <translation>{}: {} von {} Bildern sind restauriert. Abbrechen entfernt sie, Anhalten behält sie.</translation>
        </message>
        <message>
            <source>Cancel the job</source>
            <translation>Auftrag abbrechen</translation>
        </message>
        <message>
            <source>Its finished parts are removed.</source>
            <translation>Seine fertigen Teile werden entfernt.</translation>
        </message>
        <message>
            <source>Back</source>
            <translation>Zurück</translation>
        </message>
        <message>
            <source>Nothing changes.</source>
            <translation>Nichts ändert sich.</translation>
        </message>
        <message>
            <source>Pause instead</source>
            <translation>Stattdessen anhalten</translation>
        </message>
        <message>
            <source>It goes on later where it stopped.</source>
            <translation>Er geht später weiter, wo er aufgehört hat.</translation>
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
            <source>Temporal profile</source>
            <translation>Zeitprofil</translation>
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
            <source>Guide</source>
            <translation>Anleitung</translation>
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
            <source>The language changes at the next start.</source>
            <translation>Die Sprache wechselt beim nächsten Start.</translation>
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
        <message>
            <source>The folder with the good clips</source>
            <translation>Der Ordner mit den guten Clips</translation>
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
        <name>Engine</name>
        <message>
            <source>the window is {0} frames, {1} takes {2}</source>
            <translation>das Fenster umfasst {0} Bilder, {1} nimmt {2}</translation>
        </message>
        <message>
            <source>there are {0} steps, {1} takes at most {2}</source>
            <translation>es sind {0} Schritte, {1} nimmt höchstens {2}</translation>
        </message>
        <message>
            <source>{0} is not a folder</source>
            <translation>{0} ist kein Ordner</translation>
        </message>
        <message>
            <source>the target is {0} times the source, {1} reaches at most x{2}</source>
            <translation>das Ziel ist {0}-mal so groß wie die Quelle, {1} schafft höchstens ×{2}</translation>
        </message>
        <message>
            <source>the device {0} is not here: this machine has {1}</source>
            <translation>das Gerät {0} gibt es hier nicht: dieser Rechner hat {1}</translation>
        </message>
        <message>
            <source>the range starts at {0}, need 0 or more</source>
            <translation>der Bereich beginnt bei {0}, nötig ist 0 oder mehr</translation>
        </message>
        <message>
            <source>the range {0}-{1} holds no frame: its end must be the larger</source>
            <translation>der Bereich {0}-{1} enthält kein Bild: sein Ende muss größer sein</translation>
        </message>
        <message>
            <source>numbered pictures hold no chapters</source>
            <translation>nummerierte Bilder nehmen keine Kapitel auf</translation>
        </message>
        <message>
            <source>{0} does not fit into {1}</source>
            <translation>{0} passt nicht in {1}</translation>
        </message>
        <message>
            <source>the attachment {0} does not fit into {1}</source>
            <translation>der Anhang {0} passt nicht in {1}</translation>
        </message>
        <message>
            <source>{0} is not carried over</source>
            <translation>{0} wird nicht übernommen</translation>
        </message>
        <message>
            <source>{0} can no longer be read</source>
            <translation>{0} lässt sich nicht mehr lesen</translation>
        </message>
        <message>
            <source>a {0} file cannot hold {1}; it takes {2}</source>
            <translation>eine {0}-Datei kann {1} nicht aufnehmen; sie nimmt {2}</translation>
        </message>
        <message>
            <source>{0} ends in {1}, which cannot be written; use one of {2}</source>
            <translation>{0} endet auf {1}, was sich nicht schreiben lässt; möglich sind {2}</translation>
        </message>
        <message>
            <source>{0} is one picture; a film needs numbered files such as {1}_%06d{2}</source>
            <translation>{0} ist ein einzelnes Bild; ein Film braucht nummerierte Dateien wie {1}_%06d{2}</translation>
        </message>
        <message>
            <source>{0} has a number pattern, which only .png and .tiff targets take</source>
            <translation>{0} hat ein Nummernmuster, das nur .png- und .tiff-Ziele nehmen</translation>
        </message>
        <message>
            <source>{0} does not take the pixel format {1}; it takes {2}</source>
            <translation>{0} nimmt das Pixelformat {1} nicht; möglich sind {2}</translation>
        </message>
        <message>
            <source>H.264 ends at {0} pixels a side, the film has {1}x{2}; use H.265</source>
            <translation>H.264 endet bei {0} Pixeln je Seite, der Film hat {1}x{2}; nehmen Sie H.265</translation>
        </message>
        <message>
            <source>AV1 ends at {0}x{1} pixels, the film has {2}x{3}</source>
            <translation>AV1 endet bei {0}x{1} Pixeln, der Film hat {2}x{3}</translation>
        </message>
        <message>
            <source>the rate factor is {0}, {1} takes 0 to {2}</source>
            <translation>der Qualitätsfaktor ist {0}, {1} nimmt 0 bis {2}</translation>
        </message>
        <message>
            <source>{0} has no rate factor (crf); leave it out</source>
            <translation>{0} hat keinen Qualitätsfaktor (CRF); lassen Sie ihn weg</translation>
        </message>
        <message>
            <source>{0} needs even sizes: {1} by repeating the edge</source>
            <translation>{0} braucht gerade Maße: {1}, der Rand wird wiederholt</translation>
        </message>
        <message>
            <source>{0} ({1}) holds no transparency; it is dropped</source>
            <translation>{0} ({1}) kennt keine Transparenz; sie entfällt</translation>
        </message>
        <message>
            <source>{0} cannot carry the HDR mastering data here; it is dropped, the colour tags stay</source>
            <translation>{0} kann die HDR-Masterdaten hier nicht tragen; sie entfallen, die Farbangaben bleiben</translation>
        </message>
        <message>
            <source>HDR in {0} bits shows bands; use a 10-bit pixel format</source>
            <translation>HDR in {0} Bit zeigt Streifen; nehmen Sie ein Pixelformat mit 10 Bit</translation>
        </message>
        <message>
            <source>{0} cannot carry {1} here; players will show square pixels</source>
            <translation>{0} kann {1} hier nicht tragen; Player zeigen quadratische Pixel</translation>
        </message>
        <message>
            <source>the segments hold {0} frames, the film has {1}</source>
            <translation>die Abschnitte enthalten {0} Bilder, der Film hat {1}</translation>
        </message>
        <message>
            <source>{0} reorders frames further than {1}: frame {2}</source>
            <translation>{0} ordnet Bilder weiter um als {1}: Bild {2}</translation>
        </message>
        <message>
            <source>the sound starts before the picture, so the whole film starts {0} ms later in MKV</source>
            <translation>der Ton beginnt vor dem Bild, deshalb beginnt der ganze Film in MKV {0} ms später</translation>
        </message>
        <message>
            <source>MKV stores times in whole milliseconds; MP4 and MOV keep the source&apos;s exact ones</source>
            <translation>MKV speichert Zeiten in ganzen Millisekunden; MP4 und MOV behalten die genauen der Quelle</translation>
        </message>
        <message>
            <source>{0} holds a video stream, but not one frame of it can be decoded</source>
            <translation>{0} enthält eine Videospur, aber kein einziges Bild lässt sich dekodieren</translation>
        </message>
        <message>
            <source>{0} is a folder, not a video file</source>
            <translation>{0} ist ein Ordner, keine Videodatei</translation>
        </message>
        <message>
            <source>there is no file {0}</source>
            <translation>es gibt keine Datei {0}</translation>
        </message>
        <message>
            <source>{0} is a device or pipe, not a video file</source>
            <translation>{0} ist ein Gerät oder eine Pipe, keine Videodatei</translation>
        </message>
        <message>
            <source>{0} is empty (0 bytes)</source>
            <translation>{0} ist leer (0 Byte)</translation>
        </message>
        <message>
            <source>{0} holds no video</source>
            <translation>{0} enthält kein Video</translation>
        </message>
        <message>
            <source>{0} holds video of a kind that cannot be decoded</source>
            <translation>{0} enthält Video einer Art, die sich nicht dekodieren lässt</translation>
        </message>
        <message>
            <source>{0} cannot be read as a video: it is damaged</source>
            <translation>{0} lässt sich nicht als Video lesen: die Datei ist beschädigt</translation>
        </message>
        <message>
            <source>{0} is not a video file that can be read</source>
            <translation>{0} ist keine lesbare Videodatei</translation>
        </message>
        <message>
            <source>{0} cannot be opened: no permission to read it</source>
            <translation>{0} lässt sich nicht öffnen: es fehlt das Recht zu lesen</translation>
        </message>
        <message>
            <source>{0} is incomplete: the part that lists its frames is missing ({1})</source>
            <translation>{0} ist unvollständig: der Teil mit der Liste der Bilder fehlt ({1})</translation>
        </message>
        <message>
            <source>{0} holds sound only, no video</source>
            <translation>{0} enthält nur Ton, kein Video</translation>
        </message>
        <message>
            <source>{0} has changed: frame {1} is no longer where it was</source>
            <translation>{0} hat sich geändert: Bild {1} ist nicht mehr, wo es war</translation>
        </message>
        <message>
            <source>no file matches {0} in {1}</source>
            <translation>keine Datei passt zu {0} in {1}</translation>
        </message>
        <message>
            <source>{0} is no numbered pattern such as frame_%04d.png</source>
            <translation>{0} ist kein Nummernmuster wie frame_%04d.png</translation>
        </message>
        <message>
            <source>{0} has no film in stream {1}</source>
            <translation>{0} hat keinen Film in Spur {1}</translation>
        </message>
        <message>
            <source>the file holds no time stamps; its frames are shown at {0} per second</source>
            <translation>die Datei enthält keine Zeitstempel; ihre Bilder werden mit {0} je Sekunde gezeigt</translation>
        </message>
        <message>
            <source>the file is cut off: {0} of {1} seconds are there</source>
            <translation>die Datei ist abgeschnitten: {0} von {1} Sekunden sind da</translation>
        </message>
        <message>
            <source>files are missing from the sequence: {0}, the first is number {1}</source>
            <translation>in der Folge fehlen Dateien: {0}, die erste ist Nummer {1}</translation>
        </message>
        <message>
            <source>{0} of {1} frames are damaged in the file</source>
            <translation>{0} von {1} Bildern sind in der Datei beschädigt</translation>
        </message>
        <message>
            <source>{0} pieces of the video cannot be decoded and are lost</source>
            <translation>{0} Stücke des Videos lassen sich nicht dekodieren und sind verloren</translation>
        </message>
        <message>
            <source>{0} frames have another size; they are scaled to {1}</source>
            <translation>{0} Bilder haben eine andere Größe; sie werden auf {1} skaliert</translation>
        </message>
        <message>
            <source>colours may be off: matrix {0} of H.273 is not supported</source>
            <translation>die Farben stimmen vielleicht nicht: Matrix {0} aus H.273 wird nicht unterstützt</translation>
        </message>
        <message>
            <source>{0} of {1} time stamps were missing, repeated or went back; they are mended</source>
            <translation>{0} von {1} Zeitstempeln fehlten, wiederholten sich oder liefen zurück; sie sind repariert</translation>
        </message>
        <message>
            <source>{0} of {1} frames are interlaced</source>
            <translation>{0} von {1} Bildern sind im Zeilensprung</translation>
        </message>
        <message>
            <source>{0} cannot be encoded as asked ({1}: {2})</source>
            <translation>{0} lässt sich so nicht kodieren ({1}: {2})</translation>
        </message>
        <message>
            <source>{0} is no video encoder</source>
            <translation>{0} ist kein Videoencoder</translation>
        </message>
        <message>
            <source>the disk of {0} is full: {1} could not be written</source>
            <translation>der Datenträger von {0} ist voll: {1} ließ sich nicht schreiben</translation>
        </message>
        <message>
            <source>{0} cannot be written in {1}: {2}</source>
            <translation>{0} lässt sich in {1} nicht schreiben: {2}</translation>
        </message>
        <message>
            <source>{0} is written outside its context</source>
            <translation>{0} wird außerhalb seines Rahmens geschrieben</translation>
        </message>
        <message>
            <source>{0}: {1} frames went in, {2} came out</source>
            <translation>{0}: {1} Bilder gingen hinein, {2} kamen heraus</translation>
        </message>
        <message>
            <source>{0} does not encode {1}x{2} frames as {3}</source>
            <translation>{0} kodiert Bilder mit {1}x{2} nicht als {3}</translation>
        </message>
        <message>
            <source>the weights {0} of {1} cannot be read: {2}</source>
            <translation>die Gewichte {0} von {1} lassen sich nicht lesen: {2}</translation>
        </message>
        <message>
            <source>A window left the range of half precision and was computed again in full precision.</source>
            <translation>Ein Fenster verließ den Bereich der halben Genauigkeit und wurde in voller neu berechnet.</translation>
        </message>
        <message>
            <source>{0}: not a readable tokenizer (vocab.json lacks {1})</source>
            <translation>{0}: kein lesbarer Tokenizer (in vocab.json fehlt {1})</translation>
        </message>
        <message>
            <source>{0}: not a readable tokenizer ({1})</source>
            <translation>{0}: kein lesbarer Tokenizer ({1})</translation>
        </message>
        <message>
            <source>{0}: the file is damaged (sha256 {1}, need {2})</source>
            <translation>{0}: die Datei ist beschädigt (sha256 {1}, nötig {2})</translation>
        </message>
        <message>
            <source>{0}: holds a {1}, need a dictionary of tensors</source>
            <translation>{0}: enthält {1}, nötig ist ein Verzeichnis von Tensoren</translation>
        </message>
        <message>
            <source>{0}: not a readable weight file ({1})</source>
            <translation>{0}: keine lesbare Gewichtsdatei ({1})</translation>
        </message>
        <message>
            <source>{0}: not a {1}: it {2} {3}{4}</source>
            <translation>{0}: kein {1}: {2} {3}{4}</translation>
        </message>
        <message>
            <source>{0}: not the settings of a text encoder ({1})</source>
            <translation>{0}: nicht die Einstellungen eines Textencoders ({1})</translation>
        </message>
        <message>
            <source>{0}: not readable ({1})</source>
            <translation>{0}: nicht lesbar ({1})</translation>
        </message>
        <message>
            <source>{0}: {1} is {2}, need {3}</source>
            <translation>{0}: {1} ist {2}, nötig ist {3}</translation>
        </message>
        <message>
            <source>{0} broke off {1} times ({2}): run the same command again to go on from there</source>
            <translation>{0} brach {1}-mal ab ({2}): laden Sie noch einmal, es geht dort weiter</translation>
        </message>
        <message>
            <source>{0} cannot be reached ({1}): go online, or import files you have</source>
            <translation>{0} ist nicht erreichbar ({1}): gehen Sie ins Netz oder importieren Sie vorhandene Dateien</translation>
        </message>
        <message>
            <source>{0} cannot be had now: {1}; try again later</source>
            <translation>{0} ist jetzt nicht zu haben: {1}; versuchen Sie es später noch einmal</translation>
        </message>
        <message>
            <source>{0} arrived damaged (sha256 {1}, need {2}): nothing of it was kept, try again</source>
            <translation>{0} kam beschädigt an (sha256 {1}, nötig {2}): nichts davon wurde behalten, versuchen Sie es noch einmal</translation>
        </message>
        <message>
            <source>{0} comes with Evenstar and cannot be removed</source>
            <translation>{0} gehört zu Evenstar und lässt sich nicht entfernen</translation>
        </message>
        <message>
            <source>{0} comes under {1}: read and accept these terms first</source>
            <translation>{0} steht unter {1}: lesen Sie zuerst diese Bedingungen und stimmen Sie zu</translation>
        </message>
        <message>
            <source>the hub offers another {0} than the one known here (sha256 {1}, need {2}): remove the model first if that is meant</source>
            <translation>das Verzeichnis bietet ein anderes {0} als das hier bekannte (sha256 {1}, nötig {2}): entfernen Sie erst das Modell, wenn das so sein soll</translation>
        </message>
        <message>
            <source>{0} needs {1} more in {2}, where {3} are free</source>
            <translation>{0} braucht noch {1} in {2}, dort sind {3} frei</translation>
        </message>
        <message>
            <source>{0} comes with Evenstar: there is nothing to import</source>
            <translation>{0} gehört zu Evenstar: es gibt nichts zu importieren</translation>
        </message>
        <message>
            <source>{0} does not exist</source>
            <translation>{0} gibt es nicht</translation>
        </message>
        <message>
            <source>{0} holds no file of {1}: need {2}</source>
            <translation>{0} enthält keine Datei von {1}: nötig ist {2}</translation>
        </message>
        <message>
            <source>{0} and {1} could both be {2}: import one of them by name</source>
            <translation>{0} und {1} könnten beide {2} sein: importieren Sie eine davon einzeln</translation>
        </message>
        <message>
            <source>{0} is not the {1} that is known here (sha256 {2}, need {3}): remove the model first if the change is meant</source>
            <translation>{0} ist nicht das hier bekannte {1} (sha256 {2}, nötig {3}): entfernen Sie erst das Modell, wenn der Wechsel gewollt ist</translation>
        </message>
        <message>
            <source>cannot delete {0}: {1}</source>
            <translation>{0} lässt sich nicht löschen: {1}</translation>
        </message>
        <message>
            <source>the hub sends the request for {0} in circles</source>
            <translation>das Verzeichnis schickt die Anfrage nach {0} im Kreis</translation>
        </message>
        <message>
            <source>{0} refuses {1} with answer {2}</source>
            <translation>{0} verweigert {1} mit Antwort {2}</translation>
        </message>
        <message>
            <source>{0} is {1}, need an address such as {2}</source>
            <translation>{0} ist {1}, nötig ist eine Adresse wie {2}</translation>
        </message>
        <message>
            <source>the hub does not say how large {0} is: fetch and import it by hand</source>
            <translation>das Verzeichnis sagt nicht, wie groß {0} ist: laden und importieren Sie es von Hand</translation>
        </message>
        <message>
            <source>the hub announces no checksum for {0}: fetch and import it by hand</source>
            <translation>das Verzeichnis nennt keine Prüfsumme für {0}: laden und importieren Sie es von Hand</translation>
        </message>
        <message>
            <source>the hub sends {0} to an unprotected address, which is not followed</source>
            <translation>das Verzeichnis schickt {0} zu einer ungeschützten Adresse; dorthin wird nicht gefolgt</translation>
        </message>
        <message>
            <source>{0} answers {1}</source>
            <translation>{0} antwortet {1}</translation>
        </message>
        <message>
            <source>{0} gives {1} only to people who logged in and accepted its terms there: fetch {2} with a browser and import the file</source>
            <translation>{0} gibt {1} nur angemeldeten Leuten, die dort den Bedingungen zugestimmt haben: laden Sie {2} mit einem Browser und importieren Sie die Datei</translation>
        </message>
        <message>
            <source>{0} does not have {1} any more: {2} answers {3}</source>
            <translation>{0} hat {1} nicht mehr: {2} antwortet {3}</translation>
        </message>
        <message>
            <source>the hub announced {0} bytes for {1} and sends {2}: nothing was taken</source>
            <translation>das Verzeichnis kündigte {0} Byte für {1} an und schickt {2}: nichts wurde übernommen</translation>
        </message>
        <message>
            <source>it stopped answering</source>
            <translation>es antwortet nicht mehr</translation>
        </message>
        <message>
            <source>the connection ended early</source>
            <translation>die Verbindung endete zu früh</translation>
        </message>
        <message>
            <source>cannot read or write {0}: {1}</source>
            <translation>{0} lässt sich nicht lesen oder schreiben: {1}</translation>
        </message>
        <message>
            <source>the disk of {0} is full: make room, then run the same command again</source>
            <translation>der Datenträger von {0} ist voll: schaffen Sie Platz, dann laden Sie noch einmal</translation>
        </message>
        <message>
            <source>the hub sends more of {0} than it announced</source>
            <translation>das Verzeichnis schickt mehr von {0}, als es ankündigte</translation>
        </message>
        <message>
            <source>there is no model {0}: choose one of {1}</source>
            <translation>es gibt kein Modell {0}: wählen Sie eines von {1}</translation>
        </message>
        <message>
            <source>{0}: not a weight file: need tensors by name, bare or under &quot;module&quot;</source>
            <translation>{0}: keine Gewichtsdatei: nötig sind benannte Tensoren, allein oder unter &quot;module&quot;</translation>
        </message>
        <message>
            <source>{0}: not a converted checkpoint ({1})</source>
            <translation>{0}: kein umgewandelter Checkpoint ({1})</translation>
        </message>
        <message>
            <source>{0} of {1} is {2}: run `evenstar models download {3}`</source>
            <translation>{0} von {1} ist {2}: laden Sie {3} unter Modelle</translation>
        </message>
        <message>
            <source>{0} was not checked yet: run `evenstar models verify {1}`</source>
            <translation>{0} wurde noch nicht geprüft: prüfen Sie {1} unter Modelle</translation>
        </message>
        <message>
            <source>{0} is damaged ({1}): delete it, then verify the models again</source>
            <translation>{0} ist beschädigt ({1}): löschen Sie die Datei, dann prüfen Sie die Modelle neu</translation>
        </message>
        <message>
            <source>cannot write to {0}: {1}</source>
            <translation>in {0} lässt sich nicht schreiben: {1}</translation>
        </message>
        <message>
            <source>another Evenstar is working on the weights in {0}: wait until it is done</source>
            <translation>ein anderes Evenstar arbeitet an den Gewichten in {0}: warten Sie, bis es fertig ist</translation>
        </message>
        <message>
            <source>cannot read {0}: {1}</source>
            <translation>{0} lässt sich nicht lesen: {1}</translation>
        </message>
        <message>
            <source>{0} needs at least {1} MB for one tile, the budget is {2} MB</source>
            <translation>{0} braucht mindestens {1} MB für eine Kachel, das Budget ist {2} MB</translation>
        </message>
        <message>
            <source>there is no preset {0}; there are: {1}</source>
            <translation>es gibt keine Vorlage {0}; vorhanden sind: {1}</translation>
        </message>
        <message>
            <source>a preset needs a name</source>
            <translation>eine Vorlage braucht einen Namen</translation>
        </message>
        <message>
            <source>the preset {0} holds no settings</source>
            <translation>die Vorlage {0} enthält keine Einstellungen</translation>
        </message>
        <message>
            <source>the preset {0} has schema {1}, need {2}</source>
            <translation>die Vorlage {0} hat Schema {1}, nötig ist {2}</translation>
        </message>
        <message>
            <source>the preset {0} has no name</source>
            <translation>die Vorlage {0} hat keinen Namen</translation>
        </message>
        <message>
            <source>the settings in {0} are not a table of names and values</source>
            <translation>die Einstellungen in {0} sind keine Tabelle aus Namen und Werten</translation>
        </message>
        <message>
            <source>{0} in {1} is {2}, need {3}</source>
            <translation>{0} in {1} ist {2}, nötig ist {3}</translation>
        </message>
        <message>
            <source>{0} holds the unknown setting {1}</source>
            <translation>{0} enthält die unbekannte Einstellung {1}</translation>
        </message>
        <message>
            <source>the preset {0} cannot be read: {1}</source>
            <translation>die Vorlage {0} lässt sich nicht lesen: {1}</translation>
        </message>
        <message>
            <source>the preset {0} is not valid JSON: {1}</source>
            <translation>die Vorlage {0} ist kein gültiges JSON: {1}</translation>
        </message>
        <message>
            <source>{0} in {1} is {2}, need one of {3}</source>
            <translation>{0} in {1} ist {2}, nötig ist eines von {3}</translation>
        </message>
        <message>
            <source>there is no frame {0}: the clip has {1} frames</source>
            <translation>es gibt kein Bild {0}: der Clip hat {1} Bilder</translation>
        </message>
        <message>
            <source>there is not enough memory for {0} even with the smallest tiles</source>
            <translation>für {0} reicht der Speicher selbst mit den kleinsten Kacheln nicht</translation>
        </message>
        <message>
            <source>Not enough memory for this tile size: continued with smaller tiles.</source>
            <translation>Für diese Kachelgröße reichte der Speicher nicht: mit kleineren Kacheln fortgesetzt.</translation>
        </message>
        <message>
            <source>{0} is {1}, need {2}</source>
            <translation>{0} ist {1}, nötig ist {2}</translation>
        </message>
        <message>
            <source>give either a scale or a short side, not both</source>
            <translation>geben Sie entweder einen Faktor oder eine kurze Seite an, nicht beides</translation>
        </message>
        <message>
            <source>the range {0}-{1} is not in the clip: it has {2} frames</source>
            <translation>der Bereich {0}-{1} liegt nicht im Clip: er hat {2} Bilder</translation>
        </message>
        <message>
            <source>another run of Evenstar is working on {0}</source>
            <translation>ein anderer Lauf von Evenstar arbeitet an {0}</translation>
        </message>
        <message>
            <source>cannot write beside {0}: {1}</source>
            <translation>neben {0} lässt sich nicht schreiben: {1}</translation>
        </message>
        <message>
            <source>{0} is a folder: give a file name</source>
            <translation>{0} ist ein Ordner: geben Sie einen Dateinamen an</translation>
        </message>
        <message>
            <source>{0} is the source itself: choose another name</source>
            <translation>{0} ist die Quelle selbst: wählen Sie einen anderen Namen</translation>
        </message>
        <message>
            <source>{0} exists already: choose another name, or overwrite it</source>
            <translation>{0} gibt es schon: wählen Sie einen anderen Namen oder überschreiben Sie die Datei</translation>
        </message>
        <message>
            <source>cannot write {0}: {1}</source>
            <translation>{0} lässt sich nicht schreiben: {1}</translation>
        </message>
        <message>
            <source>the finished film broke a promise: {0} is {1}, need {2}</source>
            <translation>der fertige Film hält ein Versprechen nicht: {0} ist {1}, nötig ist {2}</translation>
        </message>
        <message>
            <source>frame {0} does not look like its source: {1} dB, need {2}</source>
            <translation>Bild {0} sieht seiner Quelle nicht ähnlich: {1} dB, nötig sind {2}</translation>
        </message>
        <message>
            <source>damaged or missing: {0}; download or import again</source>
            <translation>beschädigt oder nicht da: {0}; laden oder importieren Sie neu</translation>
        </message>
        <message>
            <source>no clip is open</source>
            <translation>kein Clip ist geöffnet</translation>
        </message>
        <message>
            <source>The preferences could not be read and were set aside as {0}.</source>
            <translation>Die Einstellungen waren nicht lesbar und wurden als {0} beiseitegelegt.</translation>
        </message>
        <message>
            <source>The queue could not be read and was set aside as {0}.</source>
            <translation>Die Warteschlange war nicht lesbar und wurde als {0} beiseitegelegt.</translation>
        </message>
        <message>
            <source>{0}x{1} is stored as {2}x{3}</source>
            <translation>{0}x{1} wird als {2}x{3} gespeichert</translation>
        </message>
        <message>
            <source>the pixel aspect {0}</source>
            <translation>das Pixelseitenverhältnis {0}</translation>
        </message>
        <message>
            <source>a broken copy or download</source>
            <translation>eine abgebrochene Kopie oder ein abgebrochener Download</translation>
        </message>
        <message>
            <source>the sound track {0} ({1})</source>
            <translation>die Tonspur {0} ({1})</translation>
        </message>
        <message>
            <source>the subtitle track {0} ({1})</source>
            <translation>die Untertitelspur {0} ({1})</translation>
        </message>
        <message>
            <source>the second picture track {0} ({1})</source>
            <translation>die zweite Bildspur {0} ({1})</translation>
        </message>
        <message>
            <source>the data track {0} ({1})</source>
            <translation>die Datenspur {0} ({1})</translation>
        </message>
        <message>
            <source>numbered pictures</source>
            <translation>nummerierte Bilder</translation>
        </message>
        <message>
            <source>an attachment</source>
            <translation>ein Anhang</translation>
        </message>
        <message>
            <source>no suffix</source>
            <translation>keine Endung</translation>
        </message>
        <message>
            <source>at least {0}</source>
            <translation>mindestens {0}</translation>
        </message>
        <message>
            <source>a number up to {0}</source>
            <translation>eine Zahl bis {0}</translation>
        </message>
        <message>
            <source>0 to 1</source>
            <translation>0 bis 1</translation>
        </message>
        <message>
            <source>0 to 2</source>
            <translation>0 bis 2</translation>
        </message>
        <message>
            <source>0 to 63</source>
            <translation>0 bis 63</translation>
        </message>
        <message>
            <source>0 to 2^63 - 1</source>
            <translation>0 bis 2^63 - 1</translation>
        </message>
        <message>
            <source>colour primaries</source>
            <translation>die Farbangabe Primärfarben</translation>
        </message>
        <message>
            <source>colour transfer</source>
            <translation>die Farbangabe Übertragung</translation>
        </message>
        <message>
            <source>colour matrix</source>
            <translation>die Farbangabe Matrix</translation>
        </message>
        <message>
            <source>colour full_range</source>
            <translation>die Farbangabe Wertebereich</translation>
        </message>
        <message>
            <source>{0}. It was set aside as {1}.</source>
            <translation>{0}. Die Datei wurde als {1} beiseitegelegt.</translation>
        </message>
        <message>
            <source>scale</source>
            <translation>der Faktor</translation>
        </message>
        <message>
            <source>short side</source>
            <translation>die kurze Seite</translation>
        </message>
        <message>
            <source>beta</source>
            <translation>Beta</translation>
        </message>
        <message>
            <source>seed</source>
            <translation>der Startwert</translation>
        </message>
        <message>
            <source>steps</source>
            <translation>die Schrittzahl</translation>
        </message>
        <message>
            <source>condition</source>
            <translation>der Zustand</translation>
        </message>
        <message>
            <source>tile size</source>
            <translation>die Kachelgröße</translation>
        </message>
        <message>
            <source>window</source>
            <translation>das Fenster</translation>
        </message>
        <message>
            <source>memory</source>
            <translation>der Speicher</translation>
        </message>
        <message>
            <source>crf</source>
            <translation>der Qualitätsfaktor (CRF)</translation>
        </message>
        <message>
            <source>frames</source>
            <translation>die Bildzahl</translation>
        </message>
        <message>
            <source>size</source>
            <translation>die Größe</translation>
        </message>
        <message>
            <source>rotation</source>
            <translation>die Drehung</translation>
        </message>
        <message>
            <source>pixel shape</source>
            <translation>die Pixelform</translation>
        </message>
        <message>
            <source>time of frame {0}</source>
            <translation>die Zeit von Bild {0}</translation>
        </message>
        <message>
            <source>packets of audio track {0}</source>
            <translation>die Pakete der Tonspur {0}</translation>
        </message>
        <message>
            <source>missing</source>
            <translation>nicht da</translation>
        </message>
        <message>
            <source>damaged</source>
            <translation>beschädigt</translation>
        </message>
        <message>
            <source>partial</source>
            <translation>unvollständig</translation>
        </message>
        <message>
            <source>unchecked</source>
            <translation>ungeprüft</translation>
        </message>
        <message>
            <source>lacks</source>
            <translation>es fehlt</translation>
        </message>
        <message>
            <source>has unknown</source>
            <translation>unbekannt ist</translation>
        </message>
        <message>
            <source>has another shape of</source>
            <translation>eine andere Form hat</translation>
        </message>
        <message>
            <source>HDR (up to {0} cd/m2) is tone-mapped to SDR, BT.709</source>
            <translation>HDR (bis {0} cd/m2) wird in SDR umgesetzt, BT.709</translation>
        </message>
        <message>
            <source>the source is SDR already: there is nothing to tone-map</source>
            <translation>die Quelle ist schon SDR: es gibt nichts umzusetzen</translation>
        </message>
        <message>
            <source>deinterlacing is off: comb lines stay in the film</source>
            <translation>Deinterlacing ist aus: Kammlinien bleiben im Film</translation>
        </message>
        <message>
            <source>the fields of each film frame are put together before it is restored</source>
            <translation>die Halbbilder jedes Filmbilds werden vor dem Restaurieren zusammengefügt</translation>
        </message>
        <message>
            <source>the frames are deinterlaced before they are restored</source>
            <translation>die Bilder werden vor dem Restaurieren entflochten</translation>
        </message>
        <message>
            <source>film spread over fields (3:2 pulldown): they are put together; choose film to drop repeats too</source>
            <translation>über Halbbilder verteilter Film (3:2-Pulldown): sie werden zusammengefügt; mit Deinterlacing Film entfallen auch die Wiederholungen</translation>
        </message>
        <message>
            <source>the file names the wrong field first; what moves shows the true order, which is used</source>
            <translation>die Datei nennt das falsche Halbbild zuerst; die Bewegung zeigt die wahre Reihenfolge, die benutzt wird</translation>
        </message>
        <message>
            <source>the file says that it is interlaced, but its frames are whole</source>
            <translation>die Datei nennt sich interlaced, ihre Bilder sind aber ganz</translation>
        </message>
        <message>
            <source>the film&apos;s own {0} frames are taken out of {1}: 3:2 pulldown is undone</source>
            <translation>die {0} Bilder des Films werden aus {1} herausgenommen: der 3:2-Pulldown ist aufgehoben</translation>
        </message>
        <message>
            <source>the frames are interlaced, bottom field first</source>
            <translation>die Bilder sind interlaced, unteres Halbbild zuerst</translation>
        </message>
        <message>
            <source>the frames are interlaced, top field first</source>
            <translation>die Bilder sind interlaced, oberes Halbbild zuerst</translation>
        </message>
        <message>
            <source>{0} shows no 3:2 pulldown that can be undone: choose deinterlacing on, off or auto</source>
            <translation>{0} zeigt keinen 3:2-Pulldown, der sich aufheben ließe: Deinterlacing auf an, aus oder automatisch stellen</translation>
        </message>
        <message>
            <source>{0} is an animated WebP, which cannot be decoded: convert it to GIF or MP4</source>
            <translation>{0} ist ein animiertes WebP, das sich nicht dekodieren lässt: in GIF oder MP4 umwandeln</translation>
        </message>
        <message>
            <source>frame {0} shows frame {1} of the source instead</source>
            <translation>Bild {0} zeigt stattdessen Bild {1} der Quelle</translation>
        </message>
        <message>
            <source>The model is kept in 8 bits to fit the memory: the film differs slightly from one made with more memory.</source>
            <translation>Das Modell wird in 8 Bit gehalten, damit es in den Speicher passt: Der Film weicht leicht von einem ab, der mit mehr Speicher entstand.</translation>
        </message>
        <message>
            <source>The prompt was read from {0}.</source>
            <translation>Die Beschreibung wurde aus {0} gelesen.</translation>
        </message>
        <message>
            <source>weights cannot be kept as {0} here</source>
            <translation>Gewichte können hier nicht als {0} gehalten werden</translation>
        </message>
        <message>
            <source>cannot convert {0}: {1}</source>
            <translation>{0} kann nicht umgewandelt werden: {1}</translation>
        </message>
        <message>
            <source>cannot keep the prompt&apos;s embeddings in {0}: {1}</source>
            <translation>die gelesene Beschreibung kann nicht in {0} abgelegt werden: {1}</translation>
        </message>
        <message>
            <source>cannot keep {0}: {1}</source>
            <translation>{0} kann nicht abgelegt werden: {1}</translation>
        </message>
        <message>
            <source>{0} cannot be read as text: {1}</source>
            <translation>{0} kann nicht als Text gelesen werden: {1}</translation>
        </message>
        <message>
            <source>the id is {0}, need a new one of a-z, 0-9 and dashes</source>
            <translation>die Kennung ist {0}, nötig ist eine neue aus a-z, 0-9 und Bindestrichen</translation>
        </message>
        <message>
            <source>the network&apos;s result is not finite: its weights, or too little memory to repeat it, are to blame</source>
            <translation>das Ergebnis des Netzes ist nicht endlich: Grund sind seine Gewichte oder zu wenig Speicher, um es zu wiederholen</translation>
        </message>
        <message>
            <source>{0} in the segment store is damaged: {1}</source>
            <translation>{0} im Segmentspeicher ist beschädigt: {1}</translation>
        </message>
        <message>
            <source>{0} is no model description ({1}: {2})</source>
            <translation>{0} ist keine Modellbeschreibung ({1}: {2})</translation>
        </message>
        <message>
            <source>{0}: the prompt has {1} characters, need at most {2}</source>
            <translation>{0}: die Beschreibung hat {1} Zeichen, höchstens {2} sind möglich</translation>
        </message>
        <message>
            <source>{0} is of another version, or has unknown entries {1}</source>
            <translation>{0} hat eine andere Version oder unbekannte Einträge {1}</translation>
        </message>
        <message>
            <source>{0} is too large for a file of prompts (more than 1 MiB)</source>
            <translation>{0} ist zu groß für eine Datei mit Beschreibungen (mehr als 1 MiB)</translation>
        </message>
        <message>
            <source>{0}: found {1} columns, need file,prompt or file,first frame,prompt</source>
            <translation>{0}: {1} Spalten gefunden, nötig sind Datei,Beschreibung oder Datei,erstes Bild,Beschreibung</translation>
        </message>
        <message>
            <source>the disk has ample room: restored frames are kept until the film is finished, for other export settings</source>
            <translation>die Platte hat reichlich Platz: restaurierte Bilder bleiben, bis der Film fertig ist, für andere Exporteinstellungen</translation>
        </message>
        <message>
            <source>the disk has no ample room: restored frames are not kept, other export settings need a new run</source>
            <translation>die Platte hat nicht reichlich Platz: restaurierte Bilder werden nicht behalten, ein anderer Export braucht einen neuen Lauf</translation>
        </message>
        <message>
            <source>{0} needs about {1} on its disk while it is made, {2} are free</source>
            <translation>{0} braucht beim Entstehen etwa {1} auf seiner Platte, {2} sind frei</translation>
        </message>
        <message>
            <source>the disk of {0} is full: the job waits until {1} more are free</source>
            <translation>die Platte von {0} ist voll: der Auftrag wartet, bis {1} mehr frei sind</translation>
        </message>
        <message>
            <source>there is room on the disk again: the job goes on</source>
            <translation>auf der Platte ist wieder Platz: der Auftrag geht weiter</translation>
        </message>
        <message>
            <source>the disk of {0} is full</source>
            <translation>die Platte von {0} ist voll</translation>
        </message>
        <message>
            <source>cannot write into {0}: {1}</source>
            <translation>in {0} lässt sich nicht schreiben: {1}</translation>
        </message>
        <message>
            <source>there is not enough memory to restore {0}</source>
            <translation>Der Arbeitsspeicher reicht nicht, um {0} zu restaurieren</translation>
        </message>
        <message>
            <source>there is not enough memory to load {0}</source>
            <translation>Der Arbeitsspeicher reicht nicht, um {0} zu laden</translation>
        </message>
        <message>
            <source>Not enough memory to load the model as planned: its weights are kept smaller.</source>
            <translation>Der Speicher reicht nicht, um das Modell wie geplant zu laden: Seine Gewichte werden kleiner gehalten.</translation>
        </message>
        <message>
            <source>{0} has changed while it was restored: start again</source>
            <translation>{0} hat sich während der Restaurierung geändert: Bitte neu beginnen</translation>
        </message>
        <message>
            <source>{0} can no longer be read: {1}</source>
            <translation>{0} ist nicht mehr lesbar: {1}</translation>
        </message>
        <message>
            <source>the disk of {0} is full: {1} has no name yet</source>
            <translation>Der Datenträger von {0} ist voll: {1} hat noch keinen Namen</translation>
        </message>
        <message>
            <source>a tile size was chosen, {0} has its own: leave it out</source>
            <translation>Es wurde eine Kachelgröße gewählt, {0} hat eine eigene: lassen Sie sie weg</translation>
        </message>
        <message>
            <source>times of track {0} were repeated or went back in the source; they are mended</source>
            <translation>Zeiten der Spur {0} wiederholten sich in der Quelle oder gingen zurück; sie sind berichtigt</translation>
        </message>
        <message>
            <source>3:2 pulldown is undone: the film&apos;s own 24 frames a second are taken out</source>
            <translation>3:2-Pulldown wird rückgängig gemacht: Die eigenen 24 Bilder je Sekunde des Films werden herausgeholt</translation>
        </message>
        <message>
            <source>{0} packets of track {1} are damaged in the source and left out</source>
            <translation>{0} Pakete der Spur {1} sind in der Quelle beschädigt und fehlen im Film</translation>
        </message>
        <message>
            <source>the worker {0} gives no sign of progress: its segments go to others</source>
            <translation>Der Helfer {0} macht keine Fortschritte mehr: Seine Abschnitte gehen an andere</translation>
        </message>
        <message>
            <source>the scheduler at {0} does not answer: the job waits for it</source>
            <translation>Der Verteiler auf {0} antwortet nicht: Der Auftrag wartet auf ihn</translation>
        </message>
        <message>
            <source>the scheduler at {0} is back: the job goes on</source>
            <translation>Der Verteiler auf {0} ist wieder da: Der Auftrag geht weiter</translation>
        </message>
        <message>
            <source>{0} workers could not restore segment {1} of {2}: {3}</source>
            <translation>{0} Helfer konnten Abschnitt {1} von {2} nicht restaurieren: {3}</translation>
        </message>
        <message>
            <source>there is no scheduler at {0}</source>
            <translation>Auf {0} ist kein Verteiler</translation>
        </message>
        <message>
            <source>no worker has come to {0}</source>
            <translation>Zu {0} ist kein Helfer gekommen</translation>
        </message>
        <message>
            <source>none of the workers at {0} can do this</source>
            <translation>Keiner der Helfer von {0} kann das</translation>
        </message>
        <message>
            <source>the worker {0} takes no part: {1}</source>
            <translation>Der Helfer {0} macht nicht mit: {1}</translation>
        </message>
        <message>
            <source>there is no clip to restore: the template would hold no task</source>
            <translation>Es gibt keinen Clip zu restaurieren: Die Vorlage enthielte keine Aufgabe</translation>
        </message>
        <message>
            <source>the plan in {0} is damaged</source>
            <translation>Der Plan in {0} ist beschädigt</translation>
        </message>
        <message>
            <source>{0} holds no job: {1}</source>
            <translation>{0} enthält keinen Auftrag: {1}</translation>
        </message>
        <message>
            <source>there is no scheduler at {0}: {1}</source>
            <translation>Auf {0} ist kein Verteiler: {1}</translation>
        </message>
        <message>
            <source>the worker on {0} ended {1} times: see its messages</source>
            <translation>Der Helfer auf {0} endete {1}-mal: Näheres in seinen Meldungen</translation>
        </message>
        <message>
            <source>the device {0} is named twice</source>
            <translation>Das Gerät {0} ist zweimal genannt</translation>
        </message>
        <message>
            <source>{0} was not made</source>
            <translation>{0} wurde nicht hergestellt</translation>
        </message>
        <message>
            <source>{0} is not here what it is where the film was planned</source>
            <translation>{0} ist hier nicht dasselbe wie dort, wo der Film geplant wurde</translation>
        </message>
        <message>
            <source>there are no segments {0} to {1}: the film has {2}</source>
            <translation>Es gibt keine Abschnitte {0} bis {1}: Der Film hat {2}</translation>
        </message>
        <message>
            <source>there is no {0} in {1}: no film is being made there</source>
            <translation>In {1} liegt kein {0}: Dort wird kein Film hergestellt</translation>
        </message>
        <message>
            <source>{0} in {1} is damaged: {2}</source>
            <translation>{0} in {1} ist beschädigt: {2}</translation>
        </message>
        <message>
            <source>this worker has {0} {1}, the film was planned with {2}</source>
            <translation>Dieser Helfer hat {0} {1}, der Film wurde mit {2} geplant</translation>
        </message>
        <message>
            <source>the weights of {0} are not those that the film was planned with</source>
            <translation>Die Gewichte von {0} sind nicht die, mit denen der Film geplant wurde</translation>
        </message>
        <message>
            <source>{0} is not used: its driver does not work with CUDA {1}; install a newer NVIDIA driver</source>
            <translation>{0} wird nicht benutzt: der Treiber kommt mit CUDA {1} nicht zurecht; bitte einen neueren NVIDIA-Treiber installieren</translation>
        </message>
        <message>
            <source>{0} is not used by this edition: install the GPU edition, {1}, in its place</source>
            <translation>{0} wird von dieser Ausgabe nicht benutzt: Bitte stattdessen die GPU-Ausgabe installieren, {1}</translation>
        </message>
        <message>
            <source>{0} is not used: this torch was built for the processor; run: {1}</source>
            <translation>{0} wird nicht benutzt: Dieses torch wurde für den Prozessor gebaut; bitte ausführen: {1}</translation>
        </message>
        <message>
            <source>faster sampling was chosen, {0} has none: leave it out</source>
            <translation>schnelleres Sampling wurde gewählt, {0} hat keines: bitte weglassen</translation>
        </message>
        <message>
            <source>cannot remove {0}: {1}</source>
            <translation>{0} kann nicht entfernt werden: {1}</translation>
        </message>
        <message>
            <source>cannot work in {0}: {1}</source>
            <translation>In {0} kann nicht gearbeitet werden: {1}</translation>
        </message>
        <message>
            <source>left out, no video: {0}</source>
            <translation>ausgelassen, kein Video: {0}</translation>
        </message>
        <message>
            <source>left out, too damaged to be examples: {0}</source>
            <translation>ausgelassen, zu beschädigt als Vorbild: {0}</translation>
        </message>
        <message>
            <source>left out, smaller than {0} pixels a side: {1}</source>
            <translation>ausgelassen, kleiner als {0} Pixel je Seite: {1}</translation>
        </message>
        <message>
            <source>no clip in {0} can be used: they are unreadable, damaged, or smaller than {1} pixels a side</source>
            <translation>Kein Clip in {0} ist brauchbar: Sie sind unlesbar, beschädigt oder kleiner als {1} Pixel je Seite</translation>
        </message>
        <message>
            <source>the clips have changed since training was begun: it begins anew</source>
            <translation>Die Clips haben sich geändert, seit das Training begann: es beginnt von vorn</translation>
        </message>
        <message>
            <source>the clips in {0} are all too damaged to be examples: give clips in good condition</source>
            <translation>Die Clips in {0} sind alle zu beschädigt als Vorbild: Bitte Clips in gutem Zustand angeben</translation>
        </message>
        <message>
            <source>the clips in {0} are too short: need a shot of {1} frames or more to learn from and to measure on</source>
            <translation>Die Clips in {0} sind zu kurz: Nötig ist eine Einstellung von mindestens {1} Bildern zum Lernen und Messen</translation>
        </message>
        <message>
            <source>the clips in {0} show nothing sharp and well lit to learn from</source>
            <translation>Die Clips in {0} zeigen nichts Scharfes und gut Belichtetes, von dem zu lernen wäre</translation>
        </message>
        <message>
            <source>the name {0} has no letter a-z and no digit: choose one that has</source>
            <translation>Der Name {0} hat keinen Buchstaben a-z und keine Ziffer: Bitte einen anderen wählen</translation>
        </message>
        <message>
            <source>the picture {0} cannot be written</source>
            <translation>Das Bild {0} kann nicht geschrieben werden</translation>
        </message>
        <message>
            <source>the scale is {0}, need one of {1}</source>
            <translation>Die Vergrößerung ist {0}, möglich sind {1}</translation>
        </message>
        <message>
            <source>the wish is {0}, need finish, stop or discard</source>
            <translation>Der Wunsch ist {0}, möglich sind finish, stop und discard</translation>
        </message>
        <message>
            <source>there is a model {0} already: choose another name, or remove that one first</source>
            <translation>Es gibt schon ein Modell {0}: Bitte einen anderen Namen wählen oder jenes zuerst entfernen</translation>
        </message>
        <message>
            <source>training needs more than 0 minutes or steps</source>
            <translation>Das Training braucht mehr als 0 Minuten oder Schritte</translation>
        </message>
        <message>
            <source>{0} holds no video: give a folder of good clips</source>
            <translation>{0} enthält kein Video: Bitte einen Ordner mit guten Clips angeben</translation>
        </message>
        <message>
            <source>left out: {0}</source>
            <translation>ausgelassen: {0}</translation>
        </message>
        <message>
            <source>Adapted, x{0}: better than Compact by {1} dB (±{2} dB; ahead on {3} of {4} held-back pieces).</source>
            <translation>Angepasst, x{0}: besser als Compact um {1} dB (±{2} dB; voraus bei {3} von {4} nicht gelernten Stücken).</translation>
        </message>
        <message>
            <source>Adapted, x{0}: no better than Compact, {1} dB (±{2} dB; ahead on {3} of {4} held-back pieces).</source>
            <translation>Angepasst, x{0}: nicht besser als Compact, {1} dB (±{2} dB; voraus bei {3} von {4} nicht gelernten Stücken).</translation>
        </message>
        <message>
            <source>Adapted, x{0}: worse than Compact, {1} dB (±{2} dB; ahead on {3} of {4} held-back pieces).</source>
            <translation>Angepasst, x{0}: schlechter als Compact, {1} dB (±{2} dB; voraus bei {3} von {4} nicht gelernten Stücken).</translation>
        </message>
        <message>
            <source>Adapted, x{0}: worse than Compact, {1} dB (ahead on {2} of {3} held-back pieces: too few to be sure).</source>
            <translation>Angepasst, x{0}: schlechter als Compact, {1} dB (voraus bei {2} von {3} nicht gelernten Stücken: zu wenige, um sicher zu sein).</translation>
        </message>
        <message>
            <source>Adapted, x{0}: not shown to be better, {1} dB (ahead on {2} of {3} held-back pieces: too few to be sure).</source>
            <translation>Angepasst, x{0}: nicht nachweislich besser, {1} dB (voraus bei {2} von {3} nicht gelernten Stücken: zu wenige, um sicher zu sein).</translation>
        </message>
        <message>
            <source>Adapted, x{0}: no better than Compact, {1} dB but {2}x its flicker (±{3} dB; {4} held-back pieces).</source>
            <translation>Angepasst, x{0}: nicht besser als Compact, {1} dB, aber {2}-mal so viel Flimmern (±{3} dB; {4} nicht gelernte Stücke).</translation>
        </message>
        <message>
            <source>the workers have different cards ({0}): films may differ a little from those of one card</source>
            <translation>Die Helfer haben verschiedene Karten ({0}): Filme können von denen einer einzelnen Karte geringfügig abweichen</translation>
        </message>
        <message>
        <source>{0} does not open here for {1}x{2}: the processor encodes</source>
        <translation>{0} lässt sich hier für {1}x{2} nicht öffnen: der Prozessor kodiert</translation>
    </message>
    <message>
        <source>NVENC packs H.264 and H.265 only: the processor encodes</source>
        <translation>NVENC packt nur H.264 und H.265: der Prozessor kodiert</translation>
    </message>
    <message>
        <source>NVENC does not take {0} here: the processor encodes</source>
        <translation>NVENC nimmt {0} hier nicht: der Prozessor kodiert</translation>
    </message>
    <message>
        <source>NVENC would drop the HDR mastering data: the processor encodes</source>
        <translation>NVENC würde die HDR-Masterdaten fallen lassen: der Prozessor kodiert</translation>
    </message>
    <message>
        <source>compiling was chosen, {0} has nothing to compile: leave it out</source>
        <translation>Übersetzen wurde gewählt, {0} hat nichts zu übersetzen: bitte weglassen</translation>
    </message>
    <message>
        <source>The network could not be compiled here: it runs as usual.</source>
        <translation>Das Netzwerk konnte hier nicht übersetzt werden: es läuft wie sonst.</translation>
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
        <message>
            <source>Pack on the graphics card (NVENC)</source>
            <translation>Auf der Grafikkarte packen (NVENC)</translation>
        </message>
        <message>
            <source>Sooner done, larger file; for H.264 and H.265.</source>
            <translation>Schneller fertig, größere Datei; für H.264 und H.265.</translation>
        </message>
    </context>
    <context>
        <name>Guide</name>
        <message>
            <source>en</source>
            <comment>Name of the guide&apos;s folder: the code of your language.</comment>
            <translation>de</translation>
        </message>
    </context>
    <context>
        <name>GuideLink</name>
        <message>
            <source>More about this</source>
            <translation>Mehr dazu</translation>
        </message>
        <message>
            <source>Opens the guide.</source>
            <translation>Öffnet die Anleitung.</translation>
        </message>
    </context>
    <context>
        <name>GuideWindow</name>
        <message>
            <source>Guide</source>
            <translation>Anleitung</translation>
        </message>
        <message>
            <source>Search</source>
            <translation>Suche</translation>
        </message>
        <message>
            <source>Finds words on every page.</source>
            <translation>Findet Wörter auf allen Seiten.</translation>
        </message>
        <message>
            <source>Search the guide</source>
            <translation>Anleitung durchsuchen</translation>
        </message>
        <message>
            <source>Contents</source>
            <translation>Inhalt</translation>
        </message>
        <message>
            <source>Back</source>
            <translation>Zurück</translation>
        </message>
        <message>
            <source>Forward</source>
            <translation>Vor</translation>
        </message>
        <message>
            <source>Nothing found.</source>
            <translation>Nichts gefunden.</translation>
        </message>
        <message>
            <source>On {} pages. Return goes to the next place.</source>
            <translation>Auf {} Seiten. Die Eingabetaste geht zur nächsten Stelle.</translation>
        </message>
    </context>
    <context>
        <name>Licences</name>
        <message>
            <source>Its authors publish the files without a licence, so nothing is permitted in so many words: ask them before any use beyond trying it yourself.</source>
            <translation>Die Autoren veröffentlichen die Dateien ohne Lizenz, ausdrücklich erlaubt ist also nichts: fragen Sie bei ihnen nach, bevor Sie mehr tun, als das Modell selbst auszuprobieren.</translation>
        </message>
        <message>
            <source>Any use, commercial too, except the harmful ones that the licence lists.</source>
            <translation>Jede Nutzung, auch gewerblich, außer den schädlichen, die die Lizenz aufzählt.</translation>
        </message>
        <message>
            <source>Any use, with the copyright notice kept.</source>
            <translation>Jede Nutzung, solange der Urhebervermerk erhalten bleibt.</translation>
        </message>
        <message>
            <source>Free for research and personal use; commercial use has conditions, so read it first.</source>
            <translation>Frei für Forschung und Privates; für gewerbliche Nutzung gelten Bedingungen, lesen Sie sie also zuerst.</translation>
        </message>
        <message>
            <source>Free for research; commercial use needs a registration and has limits, and some uses are forbidden, so read it first.</source>
            <translation>Frei für Forschung; gewerbliche Nutzung braucht eine Registrierung und hat Grenzen, manche Nutzungen sind verboten, also vorher lesen.</translation>
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
            <source>Width and height become {} times as large.</source>
            <translation>Breite und Höhe werden {}-mal so groß.</translation>
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
        <message>
            <source>What the slider does, with pictures</source>
            <translation>Was der Regler tut, mit Bildern</translation>
        </message>
    </context>
    <context>
        <name>LossCurve</name>
        <message>
            <source>Progress of the training</source>
            <translation>Verlauf des Trainings</translation>
        </message>
        <message>
            <source>The error on what is learned: it falls, then levels out.</source>
            <translation>Der Fehler an dem, was gelernt wird: Er fällt und flacht dann ab.</translation>
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
            <source>Welcome</source>
            <translation>Willkommen</translation>
        </message>
        <message>
            <source>About Evenstar</source>
            <translation>Über Evenstar</translation>
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
            <source>Something in Evenstar itself failed. A report was saved as {}.</source>
            <translation>In Evenstar selbst ist etwas gescheitert. Ein Bericht liegt als {} bereit.</translation>
        </message>
        <message>
            <source>Show folder</source>
            <translation>Ordner zeigen</translation>
        </message>
        <message>
            <source>Stopping after this part.</source>
            <translation>Hält nach diesem Teil an.</translation>
        </message>
        <message>
            <source>Keep running</source>
            <translation>Weiterlaufen</translation>
        </message>
        <message>
            <source>Adapt to your footage…</source>
            <translation>An eigenes Material anpassen…</translation>
        </message>
        <message>
            <source>Stopping the training; what was learned is kept.</source>
            <translation>Das Training wird angehalten; Gelerntes bleibt erhalten.</translation>
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
            <source>Read the whole text</source>
            <translation>Den ganzen Text lesen</translation>
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
        <message>
            <source>This model was made on this computer and cannot be fetched again.</source>
            <translation>Dieses Modell wurde auf diesem Computer gemacht und lässt sich nicht wieder holen.</translation>
        </message>
    </context>
    <context>
        <name>Models</name>
        <message>
            <source>Rebuilds badly damaged film at four times its size; very slow, needs a graphics card.</source>
            <translation>Baut stark beschädigte Filme in vierfacher Größe neu auf; sehr langsam, braucht eine Grafikkarte.</translation>
        </message>
        <message>
            <source>Clean, sharp upscaling that runs on any computer; comes with Evenstar.</source>
            <translation>Sauberes, scharfes Hochrechnen auf jedem Rechner; gehört zu Evenstar.</translation>
        </message>
        <message>
            <source>About half the time of Compact, enlarges by four; comes with Evenstar.</source>
            <translation>Etwa die halbe Zeit von Compact, vergrößert auf das Vierfache; gehört zu Evenstar.</translation>
        </message>
        <message>
            <source>Adds believable detail to clean web video; slow, needs a graphics card.</source>
            <translation>Ergänzt glaubhafte Details in sauberem Webvideo; langsam, braucht eine Grafikkarte.</translation>
        </message>
        <message>
            <source>Rebuilds badly damaged film with believable detail; slow, needs a graphics card.</source>
            <translation>Baut stark beschädigte Filme mit glaubhaften Details neu auf; langsam, braucht eine Grafikkarte.</translation>
        </message>
        <message>
            <source>Rebuilds badly damaged film with the largest prior; extremely slow, needs a large graphics card. Its text encoder (9.5 GB) is used once for each prompt.</source>
            <translation>Baut stark beschädigte Filme mit dem größten Vorwissen neu auf; äußerst langsam, braucht eine große Grafikkarte. Der Textkodierer (9,5 GB) wird für jede Beschreibung einmal gebraucht.</translation>
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
        <message>
            <source>Adapt to your footage…</source>
            <translation>An eigenes Material anpassen…</translation>
        </message>
        <message>
            <source>Make a model for a kind of clips of your own.</source>
            <translation>Ein Modell für eine eigene Art von Clips machen.</translation>
        </message>
    </context>
    <context>
        <name>Outlook</name>
        <message>
            <source>No graphics card that models can use: the processor works.</source>
            <translation>Keine Grafikkarte, die Modelle nutzen können: Der Prozessor rechnet.</translation>
        </message>
        <message>
            <source>{} with {} for a model.</source>
            <translation>{} mit {} für ein Modell.</translation>
        </message>
        <message>
            <source>{}: about {} for a minute of 1080p film.</source>
            <translation>{}: etwa {} für eine Minute Film in 1080p.</translation>
        </message>
        <message>
            <source>Too large or too slow for this computer: {}.</source>
            <translation>Zu groß oder zu langsam für diesen Rechner: {}.</translation>
        </message>
        <message>
            <source>From jobs on this computer; where none has run, estimated.</source>
            <translation>Aus Aufträgen auf diesem Rechner; wo noch keiner lief, geschätzt.</translation>
        </message>
        <message>
            <source>Estimated from a short measurement; your first job replaces it by what it really took.</source>
            <translation>Nach einer kurzen Messung geschätzt; Ihr erster Auftrag ersetzt es durch das, was er wirklich brauchte.</translation>
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
            <source>up to {} memory</source>
            <translation>bis zu {} Speicher</translation>
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
            <source>Source</source>
            <translation>Quelle</translation>
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
            <source>Preview at earlier settings</source>
            <translation>Vorschau mit früheren Einstellungen</translation>
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
            <source>The report on the result is ready.</source>
            <translation>Der Bericht über das Ergebnis ist fertig.</translation>
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
            <source>Paused. It goes on where it stopped.</source>
            <translation>Angehalten. Es geht weiter, wo es stand.</translation>
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
            <source>Use the panel&apos;s settings for this job</source>
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
            <source>Play the result</source>
            <translation>Das Ergebnis abspielen</translation>
        </message>
        <message>
            <source>Show the result&apos;s folder</source>
            <translation>Den Ordner des Ergebnisses zeigen</translation>
        </message>
        <message>
            <source>Start again</source>
            <translation>Neu beginnen</translation>
        </message>
        <message>
            <source>What was checked on the finished file</source>
            <translation>Was an der fertigen Datei geprüft wurde</translation>
        </message>
        <message>
            <source>Analyse result: figures, curves and crops beside the source</source>
            <translation>Ergebnis untersuchen: Zahlen, Kurven und Ausschnitte neben der Quelle</translation>
        </message>
        <message>
            <source>Cancel this job and remove its finished parts; pause keeps them</source>
            <translation>Auftrag abbrechen und fertige Teile entfernen; Anhalten behält sie</translation>
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
        <message>
            <source>part {}</source>
            <translation>Teil {}</translation>
        </message>
        <message>
            <source>waiting</source>
            <translation>wartet</translation>
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
            <source>Finished parts are kept, {} frames so far. After quitting now, {} frames are done again.</source>
            <translation>Fertige Teile bleiben, bisher {} Bilder. Nach sofortigem Beenden werden {} Bilder noch einmal gemacht.</translation>
        </message>
    </context>
    <context>
        <name>Report</name>
        <message>
            <source>Sound {}</source>
            <translation>Ton {}</translation>
        </message>
        <message>
            <source>Subtitle {}</source>
            <translation>Untertitel {}</translation>
        </message>
        <message>
            <source>Every frame decodes</source>
            <translation>Jedes Bild lesbar</translation>
        </message>
        <message>
            <source>Frames</source>
            <translation>Bilder</translation>
        </message>
        <message>
            <source>Size</source>
            <translation>Größe</translation>
        </message>
        <message>
            <source>Depth</source>
            <translation>Tiefe</translation>
        </message>
        <message>
            <source>Transparency</source>
            <translation>Transparenz</translation>
        </message>
        <message>
            <source>Time of every frame</source>
            <translation>Zeit jedes Bildes</translation>
        </message>
        <message>
            <source>Duration</source>
            <translation>Dauer</translation>
        </message>
        <message>
            <source>Rotation</source>
            <translation>Drehung</translation>
        </message>
        <message>
            <source>Pixel shape</source>
            <translation>Pixelform</translation>
        </message>
        <message>
            <source>Colour tags</source>
            <translation>Farbangaben</translation>
        </message>
        <message>
            <source>HDR mastering display</source>
            <translation>HDR-Mastering-Angaben</translation>
        </message>
        <message>
            <source>HDR content light</source>
            <translation>HDR-Helligkeit</translation>
        </message>
        <message>
            <source>Attachments</source>
            <translation>Anhänge</translation>
        </message>
        <message>
            <source>Chapters</source>
            <translation>Kapitel</translation>
        </message>
        <message>
            <source>Pictures against the source</source>
            <translation>Bilder gegen die Quelle</translation>
        </message>
        <message>
            <source>yes</source>
            <translation>ja</translation>
        </message>
        <message>
            <source>kept</source>
            <translation>erhalten</translation>
        </message>
        <message>
            <source>upright</source>
            <translation>aufrecht</translation>
        </message>
        <message>
            <source>as in the source</source>
            <translation>wie in der Quelle</translation>
        </message>
        <message>
            <source>{} frames compared</source>
            <translation>{} Bilder verglichen</translation>
        </message>
        <message>
            <source>{} frames, each within {} ms</source>
            <translation>{} Bilder, jedes auf {} ms genau</translation>
        </message>
        <message>
            <source>{}, every packet the same ({})</source>
            <translation>{}, jedes Paket gleich ({})</translation>
        </message>
        <message>
            <source>full range</source>
            <translation>voller Bereich</translation>
        </message>
        <message>
            <source>limited range</source>
            <translation>begrenzter Bereich</translation>
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
        <message>
            <source>{} % damage</source>
            <translation>{} % Schaden</translation>
        </message>
        <message>
            <source>noise {} of 255</source>
            <translation>Rauschen {} von 255</translation>
        </message>
        <message>
            <source>block edges x{}</source>
            <translation>Blockkanten x{}</translation>
        </message>
        <message>
            <source>quantiser {} of 51</source>
            <translation>Quantisierer {} von 51</translation>
        </message>
        <message>
            <source>Damage as measured: {}. Advanced settings override it.</source>
            <translation>Gemessener Schaden: {}. Die erweiterten Einstellungen gehen vor.</translation>
        </message>
    </context>
    <context>
        <name>TemporalProfile</name>
        <message>
            <source>Temporal profile: one row of pixels over time</source>
            <translation>Zeitprofil: eine Pixelzeile über die Zeit</translation>
        </message>
        <message>
            <source>Play: every frame adds a line. Drag the line in the picture to choose a row.</source>
            <translation>Abspielen: Jedes Bild fügt eine Linie hinzu. Die Linie im Bild ziehen wählt die Zeile.</translation>
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
        <name>TrainingQuitDialog</name>
        <message>
            <source>A model is learning</source>
            <translation>Ein Modell lernt</translation>
        </message>
        <message>
            <source>What was learned so far is kept: starting with the same folder, name and size goes on from there.</source>
            <translation>Das bisher Gelernte bleibt erhalten: Ein Start mit demselben Ordner, Namen und derselben Größe macht dort weiter.</translation>
        </message>
        <message>
            <source>Stop and quit</source>
            <translation>Anhalten und beenden</translation>
        </message>
        <message>
            <source>Loses nothing; goes on next time.</source>
            <translation>Verliert nichts; geht beim nächsten Mal weiter.</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Abbrechen</translation>
        </message>
        <message>
            <source>Back to the window.</source>
            <translation>Zurück zum Fenster.</translation>
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
        <name>WelcomeDialog</name>
        <message>
            <source>Welcome to Evenstar</source>
            <translation>Willkommen bei Evenstar</translation>
        </message>
        <message>
            <source>Drop a clip, move the line across the picture to compare, choose between crisp and faithful with one slider, and click Upscale. A folder goes through the batch while you sleep.</source>
            <translation>Legen Sie einen Clip ab, ziehen Sie zum Vergleich die Linie über das Bild, wählen Sie mit einem Regler zwischen knackig und getreu und klicken Sie auf Hochrechnen. Einen Ordner erledigt der Stapel über Nacht.</translation>
        </message>
        <message>
            <source>A small model comes along and works at once. Larger ones bring more believable detail; each says its size and licence before anything is fetched.</source>
            <translation>Ein kleines Modell ist dabei und arbeitet sofort. Größere bringen mehr glaubhafte Einzelheiten; jedes nennt Größe und Lizenz, bevor etwas geladen wird.</translation>
        </message>
        <message>
            <source>Your films stay on this computer. If the program ever fails, it writes a report as a file that you can attach to a message; nothing is sent by itself.</source>
            <translation>Ihre Filme bleiben auf diesem Rechner. Sollte das Programm einmal scheitern, schreibt es einen Bericht als Datei, die Sie einer Nachricht anhängen können; von selbst wird nichts gesendet.</translation>
        </message>
        <message>
            <source>Looking at this computer.</source>
            <translation>Dieser Rechner wird angesehen.</translation>
        </message>
        <message>
            <source>A frame of a film: on the left as it was, on the right as it was restored.</source>
            <translation>Ein Bild eines Films: links wie es war, rechts restauriert.</translation>
        </message>
        <message>
            <source>Skip</source>
            <translation>Überspringen</translation>
        </message>
        <message>
            <source>This page is in the menu behind the gear.</source>
            <translation>Diese Seite steht im Menü hinter dem Zahnrad.</translation>
        </message>
        <message>
            <source>Guide</source>
            <translation>Anleitung</translation>
        </message>
        <message>
            <source>Read how everything works.</source>
            <translation>Lesen, wie alles funktioniert.</translation>
        </message>
        <message>
            <source>Models</source>
            <translation>Modelle</translation>
        </message>
        <message>
            <source>See what there is, and under which terms.</source>
            <translation>Sehen, was es gibt und zu welchen Bedingungen.</translation>
        </message>
        <message>
            <source>Restore the demo clip</source>
            <translation>Democlip restaurieren</translation>
        </message>
        <message>
            <source>Three seconds of film, to compare.</source>
            <translation>Drei Sekunden Film zum Vergleichen.</translation>
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
        <name>_AnalysisLine</name>
        <message>
            <source>Stop the analysis</source>
            <translation>Untersuchung beenden</translation>
        </message>
        <message>
            <source>Analysing the result</source>
            <translation>Das Ergebnis wird untersucht</translation>
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
