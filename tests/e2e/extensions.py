"""Small extensions of other people, for what the tests need a VS Code with more of them."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

_TYPES = """\
<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension=".json" ContentType="application/json"/>
<Default Extension=".js" ContentType="application/javascript"/>
<Default Extension=".vsixmanifest" ContentType="text/xml"/>
</Types>
"""
_MANIFEST = """\
<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
<Metadata>
<Identity Language="en-US" Id="{name}" Version="1.0.0" Publisher="{publisher}"/>
<DisplayName>{name}</DisplayName>
<Description>{name}</Description>
</Metadata>
<Installation><InstallationTarget Id="Microsoft.VisualStudio.Code"/></Installation>
<Dependencies/>
<Assets>
<Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json"/>
</Assets>
</PackageManifest>
"""

# Makes Python tidy enough to see it: two spaces become one, white space at line ends goes.
FORMATTER = """\
const { languages, Range, TextEdit } = require("vscode");
exports.activate = () => {
  languages.registerDocumentFormattingEditProvider("python", {
    provideDocumentFormattingEdits: (document) => {
      const edits = [];
      for (let line = 0; line < document.lineCount; line += 1) {
        const { text, range } = document.lineAt(line);
        const [, indent, rest] = /^(\\s*)(.*)$/.exec(text);
        const tidy = rest === "" ? "" : indent + rest.replace(/ {2,}/g, " ").trimEnd();
        if (tidy !== text) {
          edits.push(TextEdit.replace(range, tidy));
        }
      }
      return edits;
    },
  });
};
"""


# A folder in the memory of the extension: what a person would have of a service elsewhere.
_MEMORY = """\
const { Disposable, EventEmitter, FileSystemError, FileType, workspace } = require("vscode");
exports.activate = () => {
  const files = new Map([["/program.py", Buffer.from(PROGRAM)]]);
  const changed = new EventEmitter();
  const found = ({ path }) => {
    if (!files.has(path)) {
      throw FileSystemError.FileNotFound(path);
    }
    return files.get(path);
  };
  const stat = (uri) =>
    uri.path === "/"
      ? { type: FileType.Directory, ctime: 0, mtime: 0, size: 0 }
      : { type: FileType.File, ctime: 0, mtime: 0, size: found(uri).length };
  workspace.registerFileSystemProvider("memory", {
    onDidChangeFile: changed.event,
    watch: () => new Disposable(() => {}),
    stat,
    readDirectory: () => [...files.keys()].map((path) => [path.slice(1), FileType.File]),
    readFile: found,
    writeFile: ({ path }, bytes) => void files.set(path, Buffer.from(bytes)),
    createDirectory: () => {},
    delete: ({ path }) => void files.delete(path),
    rename: () => {},
  });
};
"""


def write_extension(folder: Path, identifier: str, source: str, **manifest: Any) -> Path:
    """Write the .vsix of an extension with one script, ready to be installed, and return it."""
    publisher, name = identifier.split(".")
    package = {
        "name": name,
        "publisher": publisher,
        "version": "1.0.0",
        "engines": {"vscode": "^1.97.0"},
        "main": "./extension.js",
        "activationEvents": ["onLanguage:python"],
        **manifest,
    }
    path = folder / f"{identifier}.vsix"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("extension.vsixmanifest", _MANIFEST.format(name=name, publisher=publisher))
        archive.writestr("extension/package.json", json.dumps(package))
        archive.writestr("extension/extension.js", source)
    return path


def write_memory(folder: Path, program: str) -> Path:
    """Write an extension that has a folder at `memory:/` with one program in it."""
    source = _MEMORY.replace("PROGRAM", json.dumps(program))
    return write_extension(folder, "tests.memory", source, activationEvents=["onFileSystem:memory"])
