"""Mails as Asterisk's voicemail makes them, put into mailboxes without a call."""

import io
import wave
from email.mime.audio import MIMEAudio
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import tones


def _audio(name, pcm):
    """An attachment."""
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(tones.RATE)
        sound.writeframes(pcm)
    audio = MIMEAudio(out.getvalue(), "x-wav")
    del audio["Content-Type"]
    audio["Content-Type"] = f'audio/x-wav; name="{name}"'
    audio["Content-Disposition"] = f'attachment; filename="{name}"'
    return audio


def voicemail(box, pcm=None, number=1, identity=None, comment=None, **headers):
    """One message in a box, with the comment (PCM) it was forwarded with.

    `headers` replace X-Asterisk-VM-NAME; None leaves one out. `identity` is its Message-ID.
    """
    mail = MIMEMultipart()
    mail["From"] = "Voicemail System <asterisk@localhost>"
    mail["To"] = f"Owner of {box.number} <{box.user}>"
    mail["Subject"] = f"New message {number} in mailbox {box.number}"
    mail["Date"] = "Wed, 03 Jan 2024 10:00:00 +0000"
    values = {"Message-Num": number, "Server-Name": "Voicemail System", "Context": "default", "Extension": box.number, "Flag": "",
              "Priority": 1, "Caller-ID-Num": "5550100", "Caller-ID-Name": "Caller", "Duration": 1, "Category": "",
              "Message-Type": "Message", "Orig-date": "Wednesday, January 03, 2024 at 10:00:00", "Orig-time": 1704276000 + number,
              "Message-ID": identity or f"{1704276000 + number}-0000{number:04}", **{key.replace("_", "-"): value for key, value in headers.items()}}
    for name, value in values.items():
        if value is not None:
            mail[f"X-Asterisk-VM-{name}"] = str(value)
    mail.attach(MIMEText(f"A message for {box.number}.\n", "plain", "utf-8"))
    kind = values["Message-Type"]
    name = f"msg{number - 1:04}.wav" if kind == "Message" else f"{kind}.wav"
    mail.attach(_audio(name, pcm or tones.voice(0.5, 440, f"{box.number} {number}")))
    if comment is not None:
        mail.attach(_audio(f"msgintro{number - 1:04}.wav", comment))
    return mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def put(box, count=1, flags="", folder="INBOX"):
    """Put some messages into a box; their mails as the server has them."""
    with box.client() as client:
        for number in range(1, count + 1):
            client.append(voicemail(box, number=number), flags, folder)
        return client.mails(folder)
