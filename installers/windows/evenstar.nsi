; Windows' installer, compiled by build.py (or check.sh against a dummy folder) with
;   VERSION FOLDER ICON OUT EDITION, and ASSOCIATIONS and WITHDRAWALS, generated files with a line for each suffix
; For the person who starts it, without the rights of an administrator.

Unicode true
ManifestDPIAware true
SetCompressor /SOLID lzma
SetCompressorDictSize 64

!include "MUI2.nsh"
!include "FileFunc.nsh"

!ifndef VERSION
  !error "VERSION is not defined: this script is run by installers/build.py"
!endif

!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\Evenstar"
!define CAPABILITIES "Software\Evenstar\Capabilities"
!define CLASS "Evenstar.Video"

Name "Evenstar${EDITION}"
OutFile "${OUT}"
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\Evenstar"
InstallDirRegKey HKCU "Software\Evenstar" "Folder"

VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "Evenstar"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "FileDescription" "Evenstar Setup"
VIAddVersionKey "LegalCopyright" "MIT licence; contains software under the GPL and LGPL"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN "$INSTDIR\evenstarw.exe"

!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "German"

Section "Evenstar"
  ; An older version is removed first: a file it had and this one has not would stay otherwise.
  IfFileExists "$INSTDIR\uninstall.exe" 0 +2
    RMDir /r "$INSTDIR\_internal"

  SetOutPath "$INSTDIR"
  File /r "${FOLDER}\*.*"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  WriteRegStr HKCU "Software\Evenstar" "Folder" "$INSTDIR"

  CreateShortcut "$SMPROGRAMS\Evenstar.lnk" "$INSTDIR\evenstarw.exe"

  ; "Open with": Evenstar is offered for films and made nobody's default.
  WriteRegStr HKCU "Software\Classes\${CLASS}" "" "Video"
  WriteRegStr HKCU "Software\Classes\${CLASS}\DefaultIcon" "" "$INSTDIR\evenstarw.exe,0"
  WriteRegStr HKCU "Software\Classes\${CLASS}\shell\open\command" "" '"$INSTDIR\evenstarw.exe" "%1"'
  WriteRegStr HKCU "${CAPABILITIES}" "ApplicationName" "Evenstar"
  WriteRegStr HKCU "${CAPABILITIES}" "ApplicationDescription" "Restore and upscale real-world video"
  WriteRegStr HKCU "Software\RegisteredApplications" "Evenstar" "${CAPABILITIES}"
  !macro Offer SUFFIX
    WriteRegStr HKCU "${CAPABILITIES}\FileAssociations" ".${SUFFIX}" "${CLASS}"
    WriteRegNone HKCU "Software\Classes\.${SUFFIX}\OpenWithProgids" "${CLASS}"
  !macroend
  !include "${ASSOCIATIONS}"

  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "Evenstar${EDITION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\evenstarw.exe"
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "Evenstar contributors"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  IntFmt $0 "0x%08X" $0
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" "$0"
SectionEnd

Section "Uninstall"
  ; Only what was installed: models, presets and the queue lie elsewhere and stay.
  RMDir /r "$INSTDIR\_internal"
  Delete "$INSTDIR\evenstar.exe"
  Delete "$INSTDIR\evenstarw.exe"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\Evenstar.lnk"
  !macro Withdraw SUFFIX
    DeleteRegValue HKCU "Software\Classes\.${SUFFIX}\OpenWithProgids" "${CLASS}"
  !macroend
  !include "${WITHDRAWALS}"
  DeleteRegKey HKCU "Software\Classes\${CLASS}"
  DeleteRegValue HKCU "Software\RegisteredApplications" "Evenstar"
  DeleteRegKey HKCU "Software\Evenstar"
  DeleteRegKey HKCU "${UNINSTALL}"
SectionEnd
