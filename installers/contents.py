"""What goes into the installed application and what is left out, each with its reason; the spec reads it."""

import fnmatch
import sys
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parent.parent

DATA = (
    ("resources", "resources"),
    ("engine/models/star/clip_merges.txt.gz", "engine/models/star"),
    ("engine/training/configs", "engine/training/configs"),
)
"""Files that are read while it runs: from the sources, to a place in the folder."""

EXCLUDED_MODULES = {
    "tkinter": "another toolkit for windows; nothing here imports it",
    "matplotlib": "only reached through optional plotting of torch and diffusers",
    "scipy": "an optional scheduler of diffusers and a test dependency; Evenstar's samplers are its own",
    "skimage": "only the tests measure with it",
    "imageio": "only the tests write with it",
    "pytest": "only for tests",
    "_pytest": "only for tests",
    "hypothesis": "only for tests",
    "IPython": "only for notebooks",
    "tensorboard": "a training writes log.csv; tensorboard is for those who install it from sources",
    "torch.utils.tensorboard": "see tensorboard above",
    "triton": "compiles for graphics cards at run time; the application never calls torch.compile",
    "torch.utils.benchmark": "a measuring tool of torch's developers",
    "torch.utils.bottleneck": "a measuring tool of torch's developers",
    "torch.onnx": "export to another format",
    "onnx": "export to another format",
    "onnxruntime": "export to another format",
    "tensorflow": "not a dependency; transformers would import it where it is installed",
    "jax": "not a dependency",
    "flax": "not a dependency",
    "sklearn": "not a dependency; transformers would import it where it is installed",
    "pandas": "not a dependency",
    "engine.cluster": "several devices need Dask, and a studio's rack runs from sources; the window then offers none",
    "distributed": "see engine.cluster",
    "dask": "see engine.cluster",
    "hf_xet": "a second way to download; Evenstar's own one resumes (engine/models/hub.py)",
    "setuptools": "torch only needs it to compile extensions; it would be imported at every start",
    "pkg_resources": "see setuptools",
    "readline": "for Python's prompt",
    "PySide6.QtQml": "the window is made of widgets",
    "PySide6.QtQuick": "the window is made of widgets",
    "PySide6.QtNetwork": "the window opens no connection",
    "PySide6.QtOpenGL": "pictures are painted, not rendered",
    "PySide6.QtOpenGLWidgets": "pictures are painted, not rendered",
    "PySide6.QtSql": "no database",
    "PySide6.QtTest": "only for tests",
    "PySide6.QtPrintSupport": "nothing is printed",
}
"""Modules that the analysis would find and nothing needs."""

LEFT_OUT_PACKAGES = ("hf-xet", "setuptools")
"""Installed with Evenstar, but not in the application: their licence is not passed on either."""

KEPT_WITHOUT_LOOKING = ("torch/bin/torch_shm_manager", "torch/testing/_internal/*")
"""Looks like tests or tools, but `import torch` or a training's data workers stop without it."""

DROPPED_FILES = {
    "torch/test/*": "torch's own tests",
    "torch/bin/*": "compilers and test programs (torch_shm_manager stays)",
    "torch/include/*": "headers for those who link against torch",
    "torch/share/*": "files for CMake",
    "torch/lib/*.a": "static libraries, for those who link against torch",
    "torch/lib/*.lib": "static libraries, for those who link against torch",
    "torch/lib/*_test.so": "torch's own tests",
    "torch/lib/libbackend_with_compiler.so": "torch's own tests",
    "torch/lib/libaoti_custom_ops.so": "torch's own tests",
    "torch/_C/*.pyi": "for type checkers",
    "*.pyi": "for type checkers",
    "*/__pycache__/*": "made while the packages were installed; the application has its modules in one archive",
    "PySide6/Qt/qml/*": "the window is made of widgets",
    "PySide6/Qt/lib/libQt6Qml*": "the window is made of widgets",
    "PySide6/Qt/lib/libQt6Quick*": "the window is made of widgets",
    "PySide6/Qt/lib/libQt6VirtualKeyboard*": "needs QML",
    "PySide6/Qt/lib/libQt6Pdf*": "no PDF",
    "PySide6/Qt/plugins/platforminputcontexts/libqtvirtualkeyboard*": "needs QML",
    "PySide6/Qt/plugins/platforms/libqeglfs*": "for devices without a desktop",
    "PySide6/Qt/plugins/platforms/libqlinuxfb*": "for devices without a desktop",
    "PySide6/Qt/plugins/platforms/libqvkkhr*": "for devices without a desktop",
    "PySide6/Qt/plugins/platforms/libqvnc*": "for devices without a desktop",
    "PySide6/Qt/plugins/platforms/libqminimal*": "for Qt's developers",
    "PySide6/Qt/plugins/egldeviceintegrations/*": "for devices without a desktop",
    "PySide6/Qt/plugins/platformthemes/libqgtk3*": "would bring GTK along, for its file dialog only",
    "PySide6/Qt/plugins/generic/*": "input devices without a desktop",
    "PySide6/Qt/lib/libQt6EglF*": "for devices without a desktop",
    "PySide6/Qt/lib/libQt6Network*": "the window opens no connection",
    "libQt6Qml*": "the window is made of widgets",
    "libQt6Quick*": "the window is made of widgets",
    "libQt6EglF*": "for devices without a desktop",
    "libQt6Network*": "the window opens no connection",
    "PySide6/Qt/plugins/imageformats/libqpdf*": "no PDF",
    "libcudart.so": "torch asks for it by name, and the build machine may have one; the GPU edition brings its own",
    "libreadline.so*": "for Python's prompt",
    "python3*/lib-dynload/readline.*": "for Python's prompt",
    "PySide6/Qt/plugins/qmltooling/*": "no QML",
    "PySide6/Qt/plugins/sqldrivers/*": "no database",
    "PySide6/Qt/plugins/networkinformation/*": "the window opens no connection",
    "PySide6/Qt/plugins/tls/*": "the window opens no connection",
    "PySide6/Qt/plugins/wayland-graphics-integration-server/*": "for those who write a compositor",
    "cv2/qt/*": "OpenCV's own windows, where the wheel with a screen was installed",
}
"""Patterns of places in the folder, and why what lies there is not missed."""

KEPT_TRANSLATIONS = "PySide6/Qt/translations/qtbase_*.qm"
"""Of Qt's own words only those of its dialogs; Evenstar's lie in resources/."""

SYSTEM_LIBRARIES = (
    "libstdc++.so*",
    "libgcc_s.so*",
    "libglib-2.0.so*",
    "libgthread-2.0.so*",
    "libgobject-2.0.so*",
    "libgmodule-2.0.so*",
    "libgio-2.0.so*",
    "libpcre*.so*",
    "libmount.so*",
    "libblkid.so*",
    "libselinux.so*",
    "libdbus-1.so*",
    "libsystemd.so*",
    "libcap.so*",
    "libgcrypt.so*",
    "libgpg-error.so*",
    "liblz4.so*",
    "libzstd.so*",
    "libfontconfig.so*",
    "libfreetype.so*",
    "libexpat.so*",
    "libpng16.so*",
    "libbrotli*.so*",
    "libbsd.so*",
    "libmd.so*",
    "libX11*.so*",
    "libXau.so*",
    "libXdmcp.so*",
    "libXext.so*",
    "libX*.so*",
    "libxcb.so*",
    "libxcb-glx.so*",
    "libxcb-randr.so*",
    "libxcb-render.so*",
    "libxcb-shape.so*",
    "libxcb-shm.so*",
    "libxcb-sync.so*",
    "libxcb-xfixes.so*",
    "libxcb-xinerama.so*",
    "libxcb-xinput.so*",
    "libxcb-xkb.so*",
    "libwayland-*.so*",
    "libEGL.so*",
    "libGL.so*",
    "libGLX.so*",
    "libGLdispatch.so*",
    "libOpenGL.so*",
    "libdrm.so*",
    "libgbm.so*",
    "libmvec.so*",
    "libatk*.so*",
    "libcairo*.so*",
    "libdatrie.so*",
    "libfribidi.so*",
    "libgdk_pixbuf*.so*",
    "libgraphite2.so*",
    "libharfbuzz.so*",
    "libjpeg.so*",
    "libpango*.so*",
    "libpixman*.so*",
    "libthai.so*",
    "libcom_err.so*",
    "libgssapi_krb5.so*",
    "libk5crypto.so*",
    "libkeyutils.so*",
    "libkrb5*.so*",
)
"""Linux: every desktop has these, and they belong together with its display server and its drivers. A libstdc++ of our
own beside the driver of somebody's newer graphics card is the usual reason why a bundled program shows no window. The
small libraries of X11 that are often missing (xcb-cursor, xcb-icccm ...) are bundled. From atk on: what only
the dropped plug-ins of Qt would need. build.py looks whether anything in the folder misses one of them."""


def is_kept(place: str) -> bool:
    """True when a file at this place of the folder (with forward slashes) goes into the application."""
    if any(fnmatch.fnmatch(place, pattern) for pattern in KEPT_WITHOUT_LOOKING):
        return True
    if fnmatch.fnmatch(place, "PySide6/Qt/translations/*"):
        return fnmatch.fnmatch(place, KEPT_TRANSLATIONS)
    return not any(fnmatch.fnmatch(place, pattern) for pattern in DROPPED_FILES)


def is_of_the_system(place: str) -> bool:
    """True for a library at the top of the folder that every Linux desktop brings itself."""
    path = PurePosixPath(place)
    at_top = len(path.parts) == 1 and sys.platform.startswith("linux")
    return at_top and any(fnmatch.fnmatch(path.name, pattern) for pattern in SYSTEM_LIBRARIES)


def filtered(entries: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """PyInstaller's table of contents (place, origin, kind) without what is left out."""

    def goes(place: str) -> bool:
        place = place.replace("\\", "/")
        return is_kept(place) and not is_of_the_system(place)

    return [entry for entry in entries if goes(entry[0])]
