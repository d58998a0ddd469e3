"""Headless Chromium, driven through its own debugging protocol: what a person does with mouse and keyboard."""

from __future__ import annotations

import base64
import json
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import websocket

# the browser's own errands (updates, safe browsing) are not the page's, and find nobody in a test
SWITCHES = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--remote-debugging-port=0",
    "--window-size=1300,1000",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
LOADS = ("http", "https", "ws", "wss")


class Page:
    """One page of the browser; ``asked`` holds every address that it or its frames and workers have asked for."""

    def __init__(self, address: str) -> None:
        self._socket = websocket.create_connection(address, timeout=60, suppress_origin=True)
        self._number = 0
        self.asked: list[str] = []
        for method, options in (
            ("Page.enable", {}),
            ("Network.enable", {}),
            ("Target.setAutoAttach", {"autoAttach": True, "waitForDebuggerOnStart": False, "flatten": True}),
        ):
            self.call(method, **options)

    def call(self, method: str, **options: Any) -> dict[str, Any]:
        number = self._send(method, options)
        while True:
            told = json.loads(self._socket.recv())
            if told.get("id") == number:
                assert "error" not in told, told
                return told["result"]
            self._note(told)

    def _send(self, method: str, options: dict[str, Any], session: str = "") -> int:
        self._number += 1
        message = {"id": self._number, "method": method, "params": options}
        self._socket.send(json.dumps({**message, "sessionId": session} if session else message))
        return self._number

    def _note(self, event: dict[str, Any]) -> None:
        method, told = event.get("method", ""), event.get("params", {})
        if method == "Network.requestWillBeSent":
            self.asked.append(told["request"]["url"])
        elif method == "Network.webSocketCreated":
            self.asked.append(told["url"])
        elif method == "Target.attachedToTarget":
            self._send("Network.enable", {}, told["sessionId"])

    def hosts(self) -> set[str]:
        """Every machine that was asked; what lies in the page itself (data, blob) is no machine."""
        parts = [urlsplit(address) for address in self.asked]
        return {part.hostname or "" for part in parts if part.scheme in LOADS}

    def tell(self, script: str) -> Any:
        """The value of a script in the page."""
        told = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def wait(self, script: str, seconds: float = 60) -> Any:
        """The value of a script once it is anything but empty."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            value = self.tell(script)
            if value:
                return value
            time.sleep(0.2)
        raise AssertionError(f"waited {seconds} s in vain for {script}")

    def click(self, script: str, *, times: int = 1) -> None:
        """Click in the middle of what ``script`` gives: an element, or a range of text."""
        place = self.wait(
            f"(() => {{const it = {script}; if (!it) return null; const box = it.getBoundingClientRect();"
            "return box.width ? [box.x + box.width / 2, box.y + box.height / 2] : null})()"
        )
        point = {"x": place[0], "y": place[1], "button": "left"}
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=place[0], y=place[1])
        for number in range(1, times + 1):
            for kind in ("mousePressed", "mouseReleased"):
                self.call("Input.dispatchMouseEvent", type=kind, clickCount=number, **point)

    def type(self, text: str) -> None:
        self.call("Input.insertText", text=text)

    def photograph(self, file: Path) -> None:
        file.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))


@contextmanager
def opened_page(program: str, folder: Path) -> Iterator[Page]:
    """A fresh browser with one page; it ends with the block."""
    process = subprocess.Popen(
        [program, *SWITCHES, f"--user-data-dir={folder}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        port = _once(lambda: (folder / "DevToolsActivePort").read_text().split()[0])
        listing = f"http://127.0.0.1:{port}/json/list"
        page = _once(lambda: next(one for one in _read(listing) if one["type"] == "page"))
        yield Page(page["webSocketDebuggerUrl"])
    finally:
        process.terminate()
        process.wait(30)


def _once(ask: Callable[[], Any], seconds: float = 60) -> Any:
    end = time.monotonic() + seconds
    while True:
        try:
            return ask()
        except (OSError, IndexError, StopIteration):
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def _read(address: str) -> Any:
    with urllib.request.urlopen(address, timeout=30) as answer:
        return json.load(answer)
