# SPDX-License-Identifier: GPL-2.0-or-later
"""A headless Chromium, spoken to over a pipe (DevTools protocol); Python's own library is enough."""
import json
import os
import pathlib
import select
import shutil
import subprocess
import tempfile
import time


class Failed(Exception):
    pass


class Browser:
    def __init__(self, program, seconds=300, width=1400, height=900):
        self.end = time.monotonic() + seconds
        self.folder = tempfile.mkdtemp(prefix="luproof-browser-")
        read, self.to = os.pipe()
        self.back, write = os.pipe()

        def hand_over():  # it listens on 3 and answers on 4
            os.dup2(read, 30), os.dup2(write, 31)
            os.dup2(30, 3), os.dup2(31, 4)

        self.process = subprocess.Popen(
            [program, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
             "--hide-scrollbars", "--no-first-run", "--disable-extensions", "--disable-dev-shm-usage",
             "--force-color-profile=srgb", "--user-data-dir=" + self.folder,
             f"--window-size={width},{height}", "about:blank"],
            preexec_fn=hand_over, close_fds=False, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(read), os.close(write)
        self.text, self.number, self.events, self.session = b"", 0, [], None
        target = self.send("Target.createTarget", url="about:blank")
        self.session = self.send("Target.attachToTarget", targetId=target["targetId"],
                                 flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(domain + ".enable")
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=False)

    def close(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def message(self):
        while b"\0" not in self.text:
            left = self.end - time.monotonic()
            if left <= 0 or not select.select([self.back], [], [], left)[0]:
                raise Failed("the browser did not answer in time")
            more = os.read(self.back, 1 << 16)
            if not more:
                raise Failed("the browser is gone")
            self.text += more
        one, self.text = self.text.split(b"\0", 1)
        return json.loads(one)

    def send(self, method, **params):
        self.number += 1
        out = {"id": self.number, "method": method, "params": params}
        if self.session:
            out["sessionId"] = self.session
        os.write(self.to, json.dumps(out).encode() + b"\0")
        while True:
            got = self.message()
            if got.get("id") == self.number:
                if "error" in got:
                    raise Failed(f"{method}: {got['error']}")
                return got["result"]
            self.events.append(got)

    def open(self, path, part=""):
        """Another page; what was told of the one before is forgotten."""
        address = pathlib.Path(path).resolve().as_uri() + part
        self.events.clear()
        self.send("Page.navigate", url=address)
        there = (f"location.href.startsWith({json.dumps(address)})"
                 " && document.readyState === 'complete'")
        while time.monotonic() < self.end:
            try:
                if self.ask(there):
                    return
            except Failed:  # asked while one page gave way to the other
                pass
            time.sleep(0.02)
        raise Failed("not loaded: " + address)

    def ask(self, expression):
        """The value of an expression in the page, as JSON has it."""
        got = self.send("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in got:
            raise Failed(f"{expression}: {got['exceptionDetails']}")
        return got["result"].get("value")

    def press(self, key):
        event = ({"key": key, "text": key} if len(key) == 1 else
                 {"key": key, "code": key, "windowsVirtualKeyCode": {"Escape": 27}.get(key, 0)})
        self.send("Input.dispatchKeyEvent", type="keyDown", **event)
        self.send("Input.dispatchKeyEvent", type="keyUp", key=key)

    def click(self, selector):
        at = self.ask(f"""(() => {{ const node = document.querySelector({json.dumps(selector)});
            if (!node) return null; node.scrollIntoView({{block: "center", inline: "center"}});
            const box = node.getBoundingClientRect();
            return [box.left + box.width / 2, box.top + box.height / 2]; }})()""")
        if not at:
            raise Failed("nothing to click: " + selector)
        for kind in ("mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, x=at[0], y=at[1], button="left",
                      clickCount=1)

    def troubles(self):
        """What the console complains of, and everything that was asked of a network."""
        self.ask("1")  # what happened before has been told then
        found = []
        for event in self.events:
            method, params = event.get("method"), event.get("params", {})
            if method == "Runtime.exceptionThrown":
                found.append(json.dumps(params["exceptionDetails"])[:500])
            elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning"):
                found.append(json.dumps(params["args"])[:500])
            elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
                found.append(params["entry"]["text"])
            elif method == "Page.javascriptDialogOpening":
                found.append("a dialog: " + params["message"])
            elif (method == "Network.requestWillBeSent"
                  and not params["request"]["url"].startswith(("file:", "about:"))):
                found.append("a request: " + params["request"]["url"])
        return found
