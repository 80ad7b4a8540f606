"""A real SFTP server on this machine, for tests: it serves one folder."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path
from typing import Any

import paramiko
from paramiko import SFTPAttributes, SFTPHandle, SFTPServer, SFTPServerInterface
from paramiko.common import AUTH_FAILED, AUTH_SUCCESSFUL, OPEN_SUCCEEDED

USER, PASSWORD = "hatir", "boncuk"


class SftpHouse:
    """What the server holds, whom it lets in, and what it shows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key: paramiko.PKey = paramiko.ECDSAKey.generate()
        self.allowed: paramiko.PKey | None = None
        self.sign_ins = 0
        self.fetched: list[str] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        self.url = f"sftp://127.0.0.1:{self.port}/liste-*.csv"
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def shown_key(self) -> str:
        return f"{self.key.get_name()} {self.key.get_base64()}"

    def put(self, name: str, text: str, at: int) -> None:
        """Lay a file into the folder, as of a time in seconds."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        os.utime(path, (at, at))

    def close(self) -> None:
        self._door.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self._door.accept()
            except OSError:
                return
            transport = paramiko.Transport(connection)
            transport.add_server_key(self.key)
            transport.set_subsystem_handler("sftp", SFTPServer, _Files, self)
            try:
                transport.start_server(server=_Guard(self))
            except (paramiko.SSHException, EOFError, OSError):
                transport.close()


class _Guard(paramiko.ServerInterface):
    def __init__(self, house: SftpHouse) -> None:
        self.house = house

    def check_auth_password(self, username: str, password: str) -> int:
        self.house.sign_ins += 1
        return AUTH_SUCCESSFUL if (username, password) == (USER, PASSWORD) else AUTH_FAILED

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        self.house.sign_ins += 1
        return AUTH_SUCCESSFUL if username == USER and key == self.house.allowed else AUTH_FAILED

    def get_allowed_auths(self, username: str) -> str:
        return "password,publickey"

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return OPEN_SUCCEEDED


class _Files(SFTPServerInterface):
    def __init__(self, server: Any, house: SftpHouse) -> None:
        super().__init__(server)
        self.house = house

    def list_folder(self, path: str) -> Any:
        try:
            found = []
            for entry in os.scandir(self._real(path)):
                attributes = SFTPAttributes.from_stat(entry.stat(follow_symlinks=False))
                attributes.filename = entry.name
                found.append(attributes)
            return found
        except OSError as problem:
            return SFTPServer.convert_errno(problem.errno or 0)

    def stat(self, path: str) -> Any:
        return SFTPAttributes.from_stat(self._real(path).stat())

    def open(self, path: str, flags: int, attr: Any) -> Any:
        self.house.fetched.append(path)
        handle = SFTPHandle(flags)
        handle.readfile = self._real(path).open("rb")  # type: ignore[attr-defined]
        return handle

    def _real(self, path: str) -> Path:
        return self.house.folder / self.canonicalize(path).lstrip("/")
