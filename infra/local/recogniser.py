"""A local stand-in for Amazon Textract: DetectDocumentText over a real recogniser.

It speaks Textract's own protocol (AWS JSON 1.1, `X-Amz-Target: Textract.DetectDocumentText`), answers with
Textract's blocks (PAGE, LINE, WORD) and refuses with Textract's own exceptions, so that the code that runs against it is
the code that runs against AWS. Two engines:

- `rapidocr`: PP-OCRv6 by ONNX Runtime; its models lie inside the wheel, so that nothing is fetched at run time.
- `tesseract`: the `tesseract` command of this machine; needs no Python package at all.

Signatures are not checked, and only bytes are read: a document that is named by an S3 object is refused, and so is a PDF.

    python recogniser.py [--engine rapidocr|tesseract] [--port 0]

The first line on standard output is one JSON object with the address: `{"address": "http://127.0.0.1:41234"}`. The
process ends when the one that started it is gone. `GET /healthz` says whether the engine is loaded; a request that comes
before it is waits for it.
"""

import argparse
import base64
import binascii
import io
import json
import math
import os
import select
import shutil
import socket
import subprocess
import sys
import threading
import time
import unicodedata
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# The quotas of Textract's synchronous operations.
MAX_DOCUMENT_BYTES = 10 * 1024 * 1024
MAX_SIDE_PIXELS = 10_000
# Base64 makes four bytes of three; the rest of the body is small.
MAX_BODY_BYTES = MAX_DOCUMENT_BYTES * 4 // 3 + 64 * 1024
# Above this many requests in hand the next one is told to come again, as Textract does above its rate.
MAX_IN_HAND = 32
MODEL_VERSION = "1.0"


class Refusal(Exception):
    """An answer that Textract gives instead of blocks: an exception's name, its sentence and the HTTP status."""

    def __init__(self, name, message, status=400):
        super().__init__(message)
        self.name, self.status = name, status


# -- What an engine answers with ---


class Word:
    """One word: its text, its four corners in pixels (from the text's own top left, clockwise) and a confidence from 0
    to 1."""

    __slots__ = ("text", "corners", "confidence", "level")

    def __init__(self, text, corners, confidence):
        self.text, self.corners, self.confidence = text, corners, min(max(float(confidence), 0.0), 1.0)
        # Where the corners lie once the page is turned so that its lines run level from left to right.
        self.level = corners

    @property
    def left(self):
        return min(x for x, _ in self.level)

    @property
    def right(self):
        return max(x for x, _ in self.level)

    @property
    def top(self):
        return min(y for _, y in self.level)

    @property
    def bottom(self):
        return max(y for _, y in self.level)

    @property
    def height(self):
        """The height across the writing direction, which a slight rotation of the page does not stretch."""
        (ax, ay), _, _, (dx, dy) = self.corners
        return max(math.hypot(dx - ax, dy - ay), 1.0)

    @property
    def angle(self):
        """The writing direction: 0 from left to right, half pi from the top down."""
        (ax, ay), (bx, by), _, _ = self.corners
        return math.atan2(by - ay, bx - ax)


# -- RapidOCR ---


class RapidOcr:
    """PP-OCRv6 through RapidOCR: it finds runs of text, reads each one and says where in it each character stands."""

    # A run whose characters are less certain than this on average is an icon or a rule far more often than writing.
    LEAST_SCORE = 0.5
    # Where runs stand is seen well enough on a page of this size; they are read at the page's own.
    DETECTION_SIDE = 1280
    # Upright pages are read with 0.9 and more. Below this the page may stand on its head, which is looked into only
    # then: asked run by run, the model that tells turns short words (`SQL`) of upright pages.
    UPRIGHT_SCORE = 0.75

    def __init__(self, threads):
        from PIL import Image, UnidentifiedImageError
        from rapidocr import RapidOCR
        import cv2
        import numpy

        self.cv2, self.numpy, self.image, self.unreadable = cv2, numpy, Image, UnidentifiedImageError
        # The sizes are checked before any pixel is decoded, see `decode`.
        Image.MAX_IMAGE_PIXELS = MAX_SIDE_PIXELS * MAX_SIDE_PIXELS
        self.engine = RapidOCR(
            params={
                "Global.log_level": "error",
                "Global.return_word_box": True,
                "Global.use_cls": False,
                # Runs of one length are read together; a page's are not, and padding them all costs more than it saves.
                "Rec.rec_batch_num": 1,
                "EngineConfig.onnxruntime.intra_op_num_threads": threads,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            }
        )
        # The models are loaded when they are asked for; a small blank page makes that happen now.
        self.detector = self.engine._load_det_model()
        blank = numpy.full((48, 320, 3), 255, numpy.uint8)
        self.find(blank)
        self.engine.recognize_txt([blank])

    def decode(self, data):
        try:
            picture = self.image.open(io.BytesIO(data), formats=["PNG", "JPEG", "TIFF"])
            if getattr(picture, "n_frames", 1) != 1:
                raise Refusal("UnsupportedDocumentException", "Request has unsupported document format")
            check_sides(*picture.size)
            if "A" in picture.getbands() or "transparency" in picture.info:
                picture = picture.convert("RGBA")
                paper = self.image.new("RGBA", picture.size, "white")
                picture = self.image.alpha_composite(paper, picture)
            return self.numpy.ascontiguousarray(self.numpy.asarray(picture.convert("RGB"))[:, :, ::-1])
        except Refusal:
            raise
        except (self.unreadable, OSError, SyntaxError, ValueError, EOFError, MemoryError) as why:
            raise Refusal("BadDocumentException", "Request has a corrupt document") from why

    def read(self, data):
        """The words of each run on the image and the image's size."""
        page = self.decode(data)
        height, width = page.shape[:2]
        crops, boxes = self.find(page)
        if not crops:
            return [], width, height
        read, upside_down = self.engine.recognize_txt(crops), False
        if score(read) < self.UPRIGHT_SCORE:
            turned = self.engine.recognize_txt([crop[::-1, ::-1] for crop in crops])
            if score(turned) > score(read):
                read, upside_down = turned, True
        runs = []
        for i, text in enumerate(read.txts):
            if not text.strip() or read.scores[i] < self.LEAST_SCORE:
                continue
            runs.append(self.words(text, read.word_results[i], boxes[i].tolist(), crops[i], upside_down))
        return [run for run in runs if run], width, height

    def find(self, page):
        """The runs of text on the page, cut out, and their corners; none on a blank page."""
        height, width = page.shape[:2]
        scale = min(1.0, self.DETECTION_SIDE / max(height, width))
        size = (max(round(width * scale), 1), max(round(height * scale), 1))
        small = self.cv2.resize(page, size, interpolation=self.cv2.INTER_AREA) if scale < 1.0 else page
        found = self.detector(small)
        if found.boxes is None or not len(found.boxes):
            return [], []
        boxes = (found.boxes.astype("float32") * (width / size[0], height / size[1])).astype("float32")
        return self.engine.crop_text_regions(page, boxes), boxes

    def words(self, text, info, corners, crop, flipped):
        """Cuts one run into words: between which characters is the model's word, where exactly is the ink's."""
        numpy = self.numpy
        tall, wide = crop.shape[:2]
        # A run that stands upright was turned by a quarter before it was read.
        (ax, ay), (bx, by), _, (dx, dy) = corners
        upright = (dx - ax) ** 2 + (dy - ay) ** 2 >= 2.25 * ((bx - ax) ** 2 + (by - ay) ** 2)
        if flipped:
            crop = crop[::-1, ::-1]
        ink = self.ink(crop)
        self.drop_neighbours(ink)
        columns = ink.any(axis=0)

        # Every character with the middle of it in the crop's pixels; a space ends a word, and so does a gap that is one.
        pixels = wide / max(info.line_txt_len, 1e-6)
        cells = [min((cell + 0.5) * pixels, wide - 1) for word in info.word_cols for cell in word]
        spaced = [(c, i > 0 and text[i - 1].isspace()) for i, c in enumerate(text) if not c.isspace()]
        certainties = _without_spaces(text, info.confs)
        if not spaced or not len(spaced) == len(cells) == len(certainties):
            return []
        blanks = [_blank(columns, int(a), int(b)) for a, b in zip(cells, cells[1:])]
        usual = sorted(width for width, _ in blanks)[len(blanks) // 2] if blanks else 0
        top, bottom = _rows(numpy, ink, tall)
        wide_enough = max(0.22 * (bottom - top), 3 * usual)
        pieces = []
        for i, ((c, space), certainty, cell) in enumerate(zip(spaced, certainties, cells)):
            gap = blanks[i - 1][0] > wide_enough if i else True
            if not i or space or _parts(spaced[i - 1][0], c, gap):
                pieces.append(("", [], []))
            letters, sure, middles = pieces[-1]
            pieces[-1] = (letters + c, [*sure, certainty], [*middles, cell])

        # Cut between two words through the middle of the widest blank between their neighbouring characters.
        # What stands apart before the first character or behind the last is an icon that was not read as one.
        first, last = int(pieces[0][2][0]), int(pieces[-1][2][-1])
        before, behind = _blank(columns, 0, first), _blank(columns, last, wide - 1)
        cuts = [before[1] if columns[: before[1]].any() and before[0] > wide_enough else 0]
        for (_, _, left), (_, _, right) in zip(pieces, pieces[1:]):
            cuts.append(_blank(columns, int(left[-1]), int(right[0]))[1])
        cuts.append(behind[1] if columns[behind[1] :].any() and behind[0] > wide_enough else wide)
        if cuts[0] and self.is_bullet(ink[:, : cuts[0]], bottom - top):
            pieces.insert(0, ("•", [self.LEAST_SCORE], []))
            cuts.insert(0, 0)

        words = []
        for (letters, certainties, _), start, end in zip(pieces, cuts, cuts[1:]):
            part = ink[:, start:end]
            inked = numpy.flatnonzero(part.any(axis=0))
            left, right = (start + inked[0], start + inked[-1] + 1) if inked.size else (start, max(end, start + 1))
            top, bottom = _rows(numpy, part, tall)
            box = [(left, top), (right, top), (right, bottom), (left, bottom)]
            if flipped:
                box = [(wide - x, tall - y) for x, y in box]
            if upright:
                # The quarter turn took x to the bottom-up axis: undo it before the corners are used.
                box, across, down = [(tall - y, x) for x, y in box], tall, wide
            else:
                across, down = wide, tall
            placed = [
                (
                    ax + (bx - ax) * x / across + (dx - ax) * y / down,
                    ay + (by - ay) * x / across + (dy - ay) * y / down,
                )
                for x, y in box
            ]
            words.append(Word(plain(letters), placed, sum(certainties) / max(len(certainties), 1)))
        return [word for word in words if word.text]

    def is_bullet(self, ink, tall):
        """Whether what stands before a run is small and compact: a bullet of a form that the model has no character for.
        An icon is as tall as the run."""
        rows = self.numpy.flatnonzero(ink.any(axis=1))
        columns = self.numpy.flatnonzero(ink.any(axis=0))
        height, width = rows[-1] + 1 - rows[0], columns[-1] + 1 - columns[0]
        return 0.15 * tall < height < 0.7 * tall and 0.5 * height < width < 2 * height

    def ink(self, crop):
        """Which pixels are writing, on light paper and on dark: those far from the crop's usual brightness."""
        numpy = self.numpy
        grey = crop.mean(axis=2)
        distance = abs(grey - numpy.median(grey))
        ink = distance > max(30.0, 0.4 * float(numpy.percentile(distance, 99)))
        # A rule under a heading is no writing.
        ink[ink.mean(axis=1) > 0.8] = False
        return ink

    def drop_neighbours(self, ink):
        """Takes away the tips of the lines above and below, which a tightly set page lets into the crop: what touches its
        upper or lower edge and does not reach into the heaviest rows, which are those of the run's own small letters."""
        numpy = self.numpy
        weights = ink.sum(axis=1)
        heavy = numpy.flatnonzero(weights > 0.4 * weights.max(initial=0))
        if not heavy.size:
            return
        bands = numpy.split(heavy, numpy.flatnonzero(numpy.diff(heavy) > 2) + 1)
        core = max(bands, key=lambda band: weights[band].sum())
        _, pieces = self.cv2.connectedComponents(ink.astype("uint8"))
        strange = set(pieces[0]) | set(pieces[-1])
        strange -= set(numpy.unique(pieces[core[0] : core[-1] + 1]))
        ink[numpy.isin(pieces, list(strange - {0}))] = False


def score(read):
    """How certain a page was read on the whole: the runs' scores, weighted by their length."""
    characters = sum(len(text) for text in read.txts)
    return sum(len(text) * part for text, part in zip(read.txts, read.scores)) / max(characters, 1)


def _without_spaces(text, values):
    values = list(values)
    return [value for c, value in zip(text, values) if not c.isspace()]


def _parts(before, after, gap):
    """Whether two characters with no space read between them belong to two words. A bar and a bullet stand alone; else
    it takes a gap, but not one before a full stop or behind a bracket, nor in a number or between two strokes, where a
    narrow glyph leaves one."""
    if before in "|•●" or after in "|•●":
        return True
    if before.isdigit() and after.isdigit() or before in "Iil1" and after in "Iil1":
        return False
    return gap and after not in ".,;:!?)]}%'’°" and before not in ".([{'’/"


def _blank(columns, start, end):
    """Width and middle of the longest run of blank columns from `start` to `end`; no width and the middle of both where
    there is none."""
    best, best_at, run = 0, (start + end) // 2, 0
    for x in range(max(start, 0), min(end, len(columns) - 1) + 1):
        run = 0 if columns[x] else run + 1
        if run > best:
            best, best_at = run, x - run // 2
    return best, best_at


def _rows(numpy, part, tall):
    """Top and bottom of a word's ink: its heaviest band of rows and what is close to it (dots and accents), not the
    tips of the lines above and below."""
    weights = part.sum(axis=1)
    rows = numpy.flatnonzero(weights)
    if not rows.size:
        return 0, tall
    bands = numpy.split(rows, numpy.flatnonzero(numpy.diff(rows) > max(2, tall // 8)) + 1)
    heaviest = max(bands, key=lambda band: weights[band].sum())
    return int(heaviest[0]), int(heaviest[-1]) + 1


def plain(text):
    """NFC without ideographs: Textract reads Latin letters only, and where this model sees an ideograph on such a page it
    is an icon. Full-width forms of `(`, `:` and the like are made plain."""
    narrow = "".join(unicodedata.normalize("NFKC", c) if "\uff01" <= c <= "\uff5e" else c for c in text)
    return unicodedata.normalize("NFC", "".join(c for c in narrow if not "\u2e80" <= c <= "\ufaff"))


# -- Tesseract ---


class Tesseract:
    """The machine's own `tesseract`, with every one of these languages that is installed."""

    LANGUAGES = ("eng", "deu", "fra", "spa", "ita", "por", "nld")
    SECONDS = 120

    def __init__(self, threads):
        self.command = shutil.which("tesseract")
        if not self.command:
            raise SystemExit("tesseract is not installed: install it, or run the recogniser with --engine rapidocr")
        listed = subprocess.run([self.command, "--list-langs"], capture_output=True, text=True, check=True)
        installed = set(listed.stdout.split()) | set(listed.stderr.split())
        self.languages = "+".join(code for code in self.LANGUAGES if code in installed)
        if not self.languages:
            raise SystemExit(f"tesseract has none of these languages: {', '.join(self.LANGUAGES)}")
        self.environment = {**os.environ, "OMP_THREAD_LIMIT": str(threads)}

    def read(self, data):
        try:
            done = subprocess.run(
                [self.command, "stdin", "stdout", "-l", self.languages, "--psm", "3", "tsv"],
                input=data,
                capture_output=True,
                env=self.environment,
                timeout=self.SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as why:
            raise Refusal("InternalServerError", "The recogniser took too long", 500) from why
        if done.returncode != 0:
            raise Refusal("BadDocumentException", "Request has a corrupt document")
        return self.parse(done.stdout.decode("utf-8", "replace"))

    @staticmethod
    def parse(table):
        """Tesseract's table: one row a page, block, paragraph, line and word; only words carry text."""
        lines, width, height = {}, 0, 0
        for row in table.splitlines()[1:]:
            cells = row.split("\t")
            if len(cells) < 12:
                continue
            level, page, *place = (int(cell) for cell in cells[:10])
            x, y, w, h = place[4:]
            if page > 1:
                raise Refusal("UnsupportedDocumentException", "Request has unsupported document format")
            if level == 1:
                width, height = w, h
            text = plain(cells[11].strip())
            if level == 5 and text:
                corners = [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]
                lines.setdefault(tuple(place[:3]), []).append(Word(text, corners, float(cells[10]) / 100))
        if not width or not height:
            raise Refusal("BadDocumentException", "Request has a corrupt document")
        runs = list(lines.values())
        for run in runs:
            # It knows no bullet, and takes one for whatever it resembles.
            if len(run) > 1 and run[0].text in BULLETS:
                run[0].text = "•"
        lean(runs)
        return runs, width, height


BULLETS = ("+", "*", "°", "«", "»", "¢", "©", "®", "·")


def lean(runs):
    """Tesseract's boxes stand upright on a sheet that lies askew: gives each word the angle at which the lines of the
    page rise or fall."""
    slopes = []
    for run in runs:
        if len(run) < 5:
            continue
        xs, ys = [(w.left + w.right) / 2 for w in run], [w.bottom for w in run]
        x, y = sum(xs) / len(xs), sum(ys) / len(ys)
        slopes.append(sum((a - x) * (b - y) for a, b in zip(xs, ys)) / max(sum((a - x) ** 2 for a in xs), 1.0))
    slope = sorted(slopes)[len(slopes) // 2] if slopes else 0.0
    for word in (word for run in runs for word in run):
        half = slope * (word.right - word.left) / 2
        shifts = (-half, half, half, -half)
        word.corners = [(x, y + shift) for (x, y), shift in zip(word.corners, shifts)]


ENGINES = {"rapidocr": RapidOcr, "tesseract": Tesseract}


# -- Words to Textract's blocks ---


def lines_of(runs):
    """Lines as Textract has them: words of one height on one base line, cut where a gap is wider than two and a half
    heights, from the top of the page to its bottom and then from left to right."""
    turn_level([word for run in runs for word in run])
    pieces = []
    for run in runs:
        run = sorted(run, key=lambda word: word.left)
        piece = [run[0]]
        for word in run[1:]:
            if word.left - piece[-1].right > 2.5 * typical_height(run):
                pieces.append(piece)
                piece = []
            piece.append(word)
        pieces.append(piece)

    # A detector cuts a line in two for no reason now and then: what follows closely on the same base line belongs to it.
    pieces.sort(key=lambda piece: piece[0].left)
    lines = []
    for piece in pieces:
        for line in lines:
            if follows(line, piece):
                line.extend(piece)
                break
        else:
            lines.append(list(piece))

    # Rows from top to bottom: lines share a row where their middles lie within half a height.
    lines.sort(key=middle)
    rows = []
    for line in lines:
        if rows and abs(middle(line) - middle(rows[-1][0])) < 0.5 * min(
            typical_height(line), typical_height(rows[-1][0])
        ):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: line[0].left)]


def turn_level(words):
    """Undoes the page's own turn, a scan that lies askew or sideways, for all that asks what stands beside what."""
    across = sum(math.cos(word.angle) * len(word.text) for word in words)
    down = sum(math.sin(word.angle) * len(word.text) for word in words)
    angle = math.atan2(down, across)
    cos, sin = math.cos(angle), math.sin(angle)
    for word in words:
        word.level = [(x * cos + y * sin, y * cos - x * sin) for x, y in word.corners]


def follows(line, piece):
    last, first = line[-1], piece[0]
    tall, small = max(typical_height(line), typical_height(piece)), min(typical_height(line), typical_height(piece))
    gap = first.left - last.right
    shared = min(last.bottom, first.bottom) - max(last.top, first.top)
    return -0.3 * small < gap < 0.8 * small and shared > 0.6 * min(last.height, first.height) and tall < 1.6 * small


def typical_height(words):
    heights = sorted(word.height for word in words)
    return heights[len(heights) // 2]


def middle(words):
    return sum((word.top + word.bottom) / 2 for word in words) / len(words)


def around(line):
    """The smallest rectangle in the line's own direction that holds its words."""
    longest = max(line, key=lambda word: len(word.text))
    cos, sin = math.cos(longest.angle), math.sin(longest.angle)
    along = [(x * cos + y * sin, y * cos - x * sin) for word in line for x, y in word.corners]
    left, right = min(x for x, _ in along), max(x for x, _ in along)
    top, bottom = min(y for _, y in along), max(y for _, y in along)
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return [(x * cos - y * sin, x * sin + y * cos) for x, y in corners]


def blocks_of(runs, width, height):
    """One PAGE block, then every LINE, then every WORD, tied together by CHILD relationships."""
    lines = lines_of(runs)
    page = {"BlockType": "PAGE", "Geometry": geometry([(0, 0), (width, 0), (width, height), (0, height)], width, height)}
    page["Id"] = str(uuid.uuid4())
    line_blocks, word_blocks = [], []
    for line in lines:
        children = []
        for word in line:
            children.append(
                {
                    "BlockType": "WORD",
                    "Confidence": round(100 * word.confidence, 4),
                    "Text": word.text,
                    "TextType": "PRINTED",
                    "Geometry": geometry(word.corners, width, height),
                    "Id": str(uuid.uuid4()),
                }
            )
        line_blocks.append(
            {
                "BlockType": "LINE",
                "Confidence": round(100 * sum(w.confidence for w in line) / len(line), 4),
                "Text": " ".join(word.text for word in line),
                "Geometry": geometry(around(line), width, height),
                "Id": str(uuid.uuid4()),
                "Relationships": [{"Type": "CHILD", "Ids": [child["Id"] for child in children]}],
            }
        )
        word_blocks.extend(children)
    if line_blocks:
        page["Relationships"] = [{"Type": "CHILD", "Ids": [line["Id"] for line in line_blocks]}]
    return [page, *line_blocks, *word_blocks]


def geometry(corners, width, height):
    """Corners in pixels as Textract's box and polygon: parts of the page's width and height, from 0 to 1."""
    points = [(min(max(x / width, 0.0), 1.0), min(max(y / height, 0.0), 1.0)) for x, y in corners]
    left, top = min(x for x, _ in points), min(y for _, y in points)
    return {
        "BoundingBox": {
            "Left": left,
            "Top": top,
            "Width": max(x for x, _ in points) - left,
            "Height": max(y for _, y in points) - top,
        },
        "Polygon": [{"X": x, "Y": y} for x, y in points],
    }


# -- What a request may hold ---


def document_of(body):
    """The document's bytes out of the request's JSON."""
    try:
        request = json.loads(body)
    except ValueError as why:
        raise Refusal("SerializationException", "The request is not JSON") from why
    document = request.get("Document") if isinstance(request, dict) else None
    if not isinstance(document, dict):
        raise Refusal("InvalidParameterException", "Request has invalid parameters")
    if "S3Object" in document:
        raise Refusal("InvalidS3ObjectException", "Unable to get object metadata from S3")
    encoded = document.get("Bytes")
    if not isinstance(encoded, str) or not encoded:
        raise Refusal("InvalidParameterException", "Request has invalid parameters")
    try:
        data = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as why:
        raise Refusal("SerializationException", "Document.Bytes is not base64") from why
    if len(data) > MAX_DOCUMENT_BYTES:
        raise Refusal("DocumentTooLargeException", "Document size exceeds the limit of 10 MB")
    if not data.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*")):
        raise Refusal("UnsupportedDocumentException", "Request has unsupported document format")
    if data.startswith(b"\x89PNG") and len(data) >= 24:
        check_sides(int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big"))
    return data


def check_sides(width, height):
    if not 0 < width <= MAX_SIDE_PIXELS or not 0 < height <= MAX_SIDE_PIXELS:
        raise Refusal("BadDocumentException", f"An image may have at most {MAX_SIDE_PIXELS} pixels a side")


# -- The server ---


class Recogniser:
    """The engine behind the endpoint: loaded in the background, and used by as many requests at a time as it may."""

    def __init__(self, engine, threads, at_once):
        self.name, self.engine, self.failure = engine, None, None
        self.loaded, self.turns = threading.Event(), threading.Semaphore(at_once)
        self.in_hand, self.counting = 0, threading.Lock()
        threading.Thread(target=self.load, args=(threads,), daemon=True).start()

    def load(self, threads):
        started = time.monotonic()
        try:
            self.engine = ENGINES[self.name](threads)
            say(f"{self.name} loaded in {time.monotonic() - started:.1f} s")
        except BaseException as why:  # noqa: B902 - whatever it is, the requests that wait must hear of it
            self.failure = f"{type(why).__name__}: {why}"
            say(f"{self.name} cannot be loaded: {self.failure}")
        finally:
            self.loaded.set()

    def detect(self, body, still_wanted=lambda: True):
        with self.counting:
            if self.in_hand >= MAX_IN_HAND:
                raise Refusal("ProvisionedThroughputExceededException", "Provisioned rate exceeded")
            self.in_hand += 1
        try:
            data = document_of(body)
            self.loaded.wait()
            if self.failure:
                raise Refusal("InternalServerError", self.failure, 500)
            with self.turns:
                if not still_wanted():
                    # Whoever asked gave up while waiting, and asks anew: the page must not be read twice.
                    raise ConnectionResetError
                started = time.monotonic()
                runs, width, height = self.engine.read(data)
                blocks = blocks_of(runs, width, height)
            words = sum(block["BlockType"] == "WORD" for block in blocks)
            say(f"{width}x{height} pixels: {words} words in {time.monotonic() - started:.1f} s")
            return {
                "DetectDocumentTextModelVersion": MODEL_VERSION,
                "DocumentMetadata": {"Pages": 1},
                "Blocks": blocks,
            }
        finally:
            with self.counting:
                self.in_hand -= 1


class Handler(BaseHTTPRequestHandler):
    """AWS JSON 1.1 over HTTP/1.1."""

    protocol_version = "HTTP/1.1"
    timeout = 60
    recogniser = None

    def do_POST(self):  # noqa: N802 - the base class names it
        try:
            length = int(self.headers.get("Content-Length", ""))
        except ValueError:
            length = -1
        if not 0 <= length <= MAX_BODY_BYTES:
            # What was not read cannot be skipped: the connection ends with the answer.
            self.close_connection = True
            return self.refuse(Refusal("DocumentTooLargeException", "Document size exceeds the limit of 10 MB"))
        body = self.rfile.read(length)
        try:
            target = self.headers.get("X-Amz-Target", "")
            if target != "Textract.DetectDocumentText":
                raise Refusal("UnknownOperationException", f"{target or 'A request without X-Amz-Target'} is not served")
            self.answer(200, self.recogniser.detect(body, self.still_connected))
        except Refusal as refusal:
            self.refuse(refusal)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        except Exception as why:  # noqa: BLE001 - one bad page must not end the endpoint
            say(f"{type(why).__name__}: {why}")
            self.refuse(Refusal("InternalServerError", "The page could not be read", 500))

    def do_GET(self):  # noqa: N802
        if self.path != "/healthz":
            return self.answer(404, {"message": "Only GET /healthz and POST / are served"})
        known = self.recogniser
        ready = known.loaded.is_set() and not known.failure
        self.answer(500 if known.failure else 200, {"engine": known.name, "ready": ready, "failure": known.failure})

    def still_connected(self):
        readable, _, _ = select.select([self.connection], [], [], 0)
        return not readable or bool(self.connection.recv(1, socket.MSG_PEEK))

    def refuse(self, refusal):
        self.answer(refusal.status, {"__type": refusal.name, "message": str(refusal)}, refusal.name)

    def answer(self, status, body, error=None):
        data = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("x-amzn-RequestId", str(uuid.uuid4()))
        if error:
            self.send_header("x-amzn-ErrorType", error)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format, *args):  # noqa: A002 - what matters is said by `detect`
        pass


class Server(ThreadingHTTPServer):
    """One thread a connection; how many may work at a time is bounded by `Recogniser`."""

    daemon_threads = True
    request_queue_size = 64


def say(sentence):
    print(sentence, file=sys.stderr, flush=True)


def end_with_parent():
    """Ends this process when the one that started it is gone, however that one ended."""
    parent = os.getppid()

    def watch():
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def main():
    cores = max(1, min(2, os.cpu_count() or 1))
    options = argparse.ArgumentParser(description="A Textract-compatible endpoint over a local recogniser.")
    options.add_argument("--engine", choices=sorted(ENGINES), default="rapidocr")
    options.add_argument("--port", type=int, default=0, help="0 takes a free one")
    options.add_argument("--threads", type=int, default=cores, help="threads of the engine for one page")
    options.add_argument("--pages-at-once", type=int, default=1)
    chosen = options.parse_args()
    end_with_parent()
    Handler.recogniser = Recogniser(chosen.engine, max(1, chosen.threads), max(1, chosen.pages_at_once))
    server = Server(("127.0.0.1", chosen.port), Handler)
    print(json.dumps({"address": f"http://127.0.0.1:{server.server_address[1]}"}), flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
