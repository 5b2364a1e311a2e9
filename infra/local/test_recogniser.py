"""Checks of recogniser.py that need no engine: its protocol, its refusals and the shape of its blocks.

    python -B test_recogniser.py
"""

import base64
import json
import threading
import unittest
import urllib.error
import urllib.request

import recogniser
from recogniser import Refusal, Word

PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + (600).to_bytes(4, "big") + (800).to_bytes(4, "big") + b"\x08\0\0\0\0"


def word(text, left, top, width=50, height=20):
    corners = [(left, top), (left + width, top), (left + width, top + height), (left, top + height)]
    return Word(text, corners, 0.9)


class OneLine:
    """An engine that finds the same two words on every page."""

    def __init__(self, threads):
        pass

    def read(self, data):
        if data.endswith(b"broken"):
            raise Refusal("BadDocumentException", "Request has a corrupt document")
        return [[word("Ada", 60, 80), word("Example", 120, 80, 100)]], 600, 800


class Endpoint(unittest.TestCase):
    def setUp(self):
        recogniser.ENGINES["one-line"] = OneLine
        recogniser.Handler.recogniser = recogniser.Recogniser("one-line", 1, 1)
        self.server = recogniser.Server(("127.0.0.1", 0), recogniser.Handler)
        self.serving = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.serving.start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"

    def tearDown(self):
        self.server.shutdown()
        self.serving.join()
        self.server.server_close()

    def ask(self, body, target="Textract.DetectDocumentText"):
        headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"}
        request = urllib.request.Request(self.url, body, headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, json.load(refused)

    def detect(self, data):
        return self.ask(json.dumps({"Document": {"Bytes": base64.b64encode(data).decode()}}).encode())

    def test_a_page_is_answered_with_page_line_and_words(self):
        status, answer = self.detect(PNG)
        self.assertEqual(status, 200)
        self.assertEqual(answer["DocumentMetadata"], {"Pages": 1})
        page, line, ada, example = answer["Blocks"]
        kinds = [block["BlockType"] for block in answer["Blocks"]]
        self.assertEqual(kinds, ["PAGE", "LINE", "WORD", "WORD"])
        self.assertEqual(page["Relationships"], [{"Type": "CHILD", "Ids": [line["Id"]]}])
        self.assertEqual(line["Relationships"], [{"Type": "CHILD", "Ids": [ada["Id"], example["Id"]]}])
        self.assertEqual(line["Text"], "Ada Example")
        box = ada["Geometry"]["BoundingBox"]
        self.assertAlmostEqual(box["Left"], 0.1)
        self.assertAlmostEqual(box["Top"], 0.1)
        self.assertAlmostEqual(ada["Confidence"], 90.0)
        self.assertEqual(len(ada["Geometry"]["Polygon"]), 4)

    def test_what_textract_refuses_is_refused_by_the_same_names(self):
        cases = [
            (self.detect(b"%PDF-1.7"), "UnsupportedDocumentException"),
            (self.detect(b"GIF89a"), "UnsupportedDocumentException"),
            (self.detect(PNG + b"broken"), "BadDocumentException"),
            (self.detect(PNG + bytes(recogniser.MAX_DOCUMENT_BYTES)), "DocumentTooLargeException"),
            (self.ask(b"{}"), "InvalidParameterException"),
            (self.ask(b'{"Document": {}}'), "InvalidParameterException"),
            (self.ask(b'{"Document": {"S3Object": {"Bucket": "b"}}}'), "InvalidS3ObjectException"),
            (self.ask(b'{"Document": {"Bytes": "***"}}'), "SerializationException"),
            (self.ask(b"not json"), "SerializationException"),
            (self.ask(b"{}", "Textract.AnalyzeDocument"), "UnknownOperationException"),
        ]
        for (status, answer), name in cases:
            self.assertEqual((status, answer["__type"]), (400, name))

    def test_a_page_of_too_many_pixels_is_refused_before_it_is_decoded(self):
        wide = PNG[:16] + (10_001).to_bytes(4, "big") + PNG[20:]
        self.assertEqual(self.detect(wide)[1]["__type"], "BadDocumentException")

    def test_a_page_whose_asker_gave_up_is_not_read(self):
        known = recogniser.Handler.recogniser
        known.loaded.wait(10)
        known.engine.read = lambda data: self.fail("it was read")
        body = json.dumps({"Document": {"Bytes": base64.b64encode(PNG).decode()}}).encode()
        with self.assertRaises(ConnectionResetError):
            known.detect(body, lambda: False)
        self.assertEqual(known.in_hand, 0)

    def test_it_says_whether_it_is_ready(self):
        recogniser.Handler.recogniser.loaded.wait(10)
        with urllib.request.urlopen(self.url + "healthz", timeout=10) as answer:
            self.assertEqual(json.load(answer), {"engine": "one-line", "ready": True, "failure": None})


class Lines(unittest.TestCase):
    @staticmethod
    def texts(runs):
        return [" ".join(word.text for word in line) for line in recogniser.lines_of(runs)]

    def test_a_wide_gap_ends_a_line_and_rows_are_read_from_top_to_bottom(self):
        runs = [
            [word("Education", 60, 200, 120)],
            [word("Engineer", 60, 80, 100), word("2019", 400, 80)],
        ]
        self.assertEqual(self.texts(runs), ["Engineer", "2019", "Education"])

    def test_runs_that_follow_closely_on_a_base_line_are_one_line(self):
        runs = [[word("Engineer,", 60, 80, 100)], [word("Bristol", 168, 82, 80)], [word("next", 60, 110)]]
        self.assertEqual(self.texts(runs), ["Engineer, Bristol", "next"])

    def test_a_page_that_stands_on_its_head_is_read_from_its_own_top(self):
        def turned(one):
            return Word(one.text, [(600 - x, 800 - y) for x, y in one.corners], 0.9)

        runs = [[turned(word("second", 60, 200, 120))], [turned(word("first", 60, 80)), turned(word("line", 120, 80))]]
        self.assertEqual(self.texts(runs), ["first line", "second"])


class Texts(unittest.TestCase):
    def test_full_width_forms_become_plain_and_ideographs_go(self):
        self.assertEqual(recogniser.plain("\uff08Go\uff09"), "(Go)")
        self.assertEqual(recogniser.plain("\u8840"), "")
        self.assertEqual(recogniser.plain("Zu\u0308rich"), "Z\u00fcrich")

    def test_tesseracts_table_becomes_words_by_lines(self):
        head = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"
        rows = [
            "1\t1\t0\t0\t0\t0\t0\t0\t600\t800\t-1\t",
            "4\t1\t1\t1\t1\t0\t60\t80\t200\t20\t-1\t",
            "5\t1\t1\t1\t1\t1\t60\t80\t50\t20\t96.5\tAda",
            "5\t1\t1\t1\t1\t2\t120\t80\t100\t20\t91.0\tExample",
            "5\t1\t1\t1\t2\t1\t60\t120\t50\t20\t90.0\tnext",
        ]
        runs, width, height = recogniser.Tesseract.parse("\n".join([head, *rows]))
        self.assertEqual((width, height), (600, 800))
        self.assertEqual([[w.text for w in run] for run in runs], [["Ada", "Example"], ["next"]])
        self.assertAlmostEqual(runs[0][0].confidence, 0.965)

    def test_a_second_page_is_refused(self):
        with self.assertRaises(Refusal) as refused:
            recogniser.Tesseract.parse("head\n1\t2\t0\t0\t0\t0\t0\t0\t600\t800\t-1\t")
        self.assertEqual(refused.exception.name, "UnsupportedDocumentException")


if __name__ == "__main__":
    recogniser.say = lambda sentence: None
    unittest.main()
