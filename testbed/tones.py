"""Voices for the callers of the tests, and the comparison of what was stored or heard with what was said.

A voice is a tone that swells and fades in a pattern of its own, so that every stretch of it can be told from
every other one and from every other voice. All audio is 8000 Hz, mono, 16-bit signed little-endian.
"""

import base64
import io
import math
import random
import struct
import wave

RATE = 8000
FRAME = 160  # samples in 20 ms, Asterisk's unit


def voice(seconds, hertz, seed):
    """PCM of a voice: a tone of `hertz` whose loudness wanders; the same arguments give the same bytes."""
    chance = random.Random(seed)
    samples = []
    level, target = 0.6, 0.6
    for index in range(int(seconds * RATE)):
        if index % FRAME == 0:
            target = chance.uniform(0.3, 0.95)
        level += (target - level) / 80
        samples.append(int(12000 * level * math.sin(2 * math.pi * hertz * index / RATE)))
    return struct.pack(f"<{len(samples)}h", *samples)


def silence(seconds):
    """PCM of silence."""
    return bytes(2 * int(seconds * RATE))


def write_wav(path, pcm):
    """Write PCM as a WAV file."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(pcm)


def read_wav(source):
    """PCM of a WAV file, given as a path or as its bytes. Raises ValueError for another format."""
    stream = io.BytesIO(source) if isinstance(source, bytes) else str(source)
    with wave.open(stream, "rb") as audio:
        shape = audio.getnchannels(), audio.getsampwidth(), audio.getframerate()
        if shape != (1, 2, RATE):
            raise ValueError(f"not 8000 Hz mono 16 bit: {shape}")
        return audio.readframes(audio.getnframes())


def shared(part, whole):
    """How much of `part` is found, sample for sample, in `whole`: share of its 20 ms blocks, 0.0 to 1.0."""
    size = 2 * FRAME
    places = {whole[start:start + size] for start in range(0, len(whole) - size + 1, 2)}
    blocks = [part[start:start + size] for start in range(0, len(part) - size + 1, size)]
    return sum(block in places for block in blocks) / len(blocks) if blocks else 0.0


def loud(pcm):
    """The part between the first and the last 20 ms block that is not silence."""
    size = 2 * FRAME
    blocks = [index for index in range(0, len(pcm) - size + 1, size) if any(pcm[index:index + size])]
    return pcm[blocks[0]:blocks[-1] + size] if blocks else b""


def pitch(pcm):
    """The tone's frequency in Hz by counting zero crossings upwards; 0.0 for silence."""
    samples = struct.unpack(f"<{len(pcm) // 2}h", pcm[:len(pcm) // 2 * 2])
    crossings = [index for index in range(1, len(samples)) if samples[index - 1] < 0 <= samples[index]]
    if len(crossings) < 2:
        return 0.0
    return (len(crossings) - 1) * RATE / (crossings[-1] - crossings[0])


def attachment(payload):
    """PCM of a message's attachment, from an email.message part or from base64 text."""
    data = base64.b64decode(payload) if isinstance(payload, (str, bytes)) else payload.get_payload(decode=True)
    return read_wav(data)
