"""Who the application is for the systems it is installed on: names, kinds of file, addresses; written once."""

from typing import Any

APP_ID = "org.evenstar.Evenstar"
"""Reverse domain name: AppStream, macOS."""
NAME = "Evenstar"
SUMMARY = "Restore and upscale real-world video"
DESCRIPTION = (
    "Evenstar restores real-world video. Old tapes, phone clips, web rips and AI clips become sharp, stable, "
    "high-resolution film, and everything else in the file arrives untouched: time stamps, colour, audio, subtitles "
    "and chapters.",
    "Compare source and result in the window before you pay for the whole film, move one slider between closeness to "
    "the source and detail, restore whole folders through a queue that survives a crash. Every finished file is opened "
    "again and compared with its source. Nothing leaves the computer.",
)
MAINTAINER = "Evenstar contributors <evenstar@localhost>"
MIME_TYPES = (
    "video/mp4",
    "video/x-matroska",
    "video/quicktime",
    "video/webm",
    "video/x-msvideo",
    "video/mpeg",
    "video/mp2t",
    "video/x-ms-wmv",
    "video/x-flv",
    "video/3gpp",
    "video/dv",
    "video/ogg",
)
"""Kinds of file that Evenstar opens."""
SUFFIXES = (
    "mp4",
    "mkv",
    "mov",
    "webm",
    "avi",
    "mpg",
    "mpeg",
    "m2ts",
    "ts",
    "wmv",
    "flv",
    "3gp",
    "dv",
    "ogv",
    "m4v",
)
"""Their extensions, for systems that know files by these."""


def info_plist(version: str) -> dict[str, Any]:
    """What macOS wants to know, beside what PyInstaller writes itself."""
    return {
        "CFBundleName": NAME,
        "CFBundleDisplayName": NAME,
        "CFBundleShortVersionString": version,
        "CFBundleVersion": version,
        "LSApplicationCategoryType": "public.app-category.video",
        "LSMinimumSystemVersion": "12.0",
        "NSHighResolutionCapable": True,
        "NSRequiresAquaSystemAppearance": False,
        "NSHumanReadableCopyright": "MIT licence; contains software under the GPL and LGPL, see About",
        "CFBundleDocumentTypes": [
            {
                "CFBundleTypeName": "Video",
                "CFBundleTypeRole": "Viewer",
                "LSHandlerRank": "Alternate",
                "LSItemContentTypes": ["public.movie"],
                "CFBundleTypeExtensions": list(SUFFIXES),
            }
        ],
    }


def version_resource(version: str) -> str:
    """Windows' version resource as PyInstaller reads it: what the properties of evenstar.exe show."""
    numbers = (*(int(part) for part in version.split(".")[:3]), 0)
    strings = {
        "CompanyName": "Evenstar contributors",
        "FileDescription": NAME,
        "FileVersion": version,
        "InternalName": "evenstar",
        "LegalCopyright": "MIT licence; contains software under the GPL and LGPL, see About",
        "OriginalFilename": "evenstar.exe",
        "ProductName": NAME,
        "ProductVersion": version,
    }
    table = ", ".join(f"StringStruct({name!r}, {text!r})" for name, text in strings.items())
    return (
        f"VSVersionInfo(ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3f, flags=0x0, OS=0x40004, "
        f"fileType=0x1, subtype=0x0, date=(0, 0)), kids=[StringFileInfo([StringTable('040904B0', [{table}])]), "
        "VarFileInfo([VarStruct('Translation', [1033, 1200])])])\n"
    )
