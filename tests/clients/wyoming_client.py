"""The Wyoming protocol's own client, as Home Assistant uses it. Prints what it got as JSON lines."""
import asyncio, json, sys, wave
from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop, wav_to_chunks
from wyoming.client import AsyncClient
from wyoming.error import Error
from wyoming.info import Describe, Info
from wyoming.ping import Ping, Pong
from wyoming.tts import (
    Synthesize, SynthesizeChunk, SynthesizeStart, SynthesizeStop, SynthesizeStopped, SynthesizeVoice,
)

address, sound = sys.argv[1:3]
TEXT = "The kettle is boiling. Please turn it off."


def tell(what, **found):
    print(json.dumps({"what": what, **found}))


async def spoken(client, last):
    """What comes until the event of this type."""
    kinds, seconds, rate = [], 0.0, None
    while event := await client.read_event():
        if not kinds or kinds[-1] != event.type:
            kinds.append(event.type)
        if AudioChunk.is_type(event.type):
            chunk = AudioChunk.from_event(event)
            seconds, rate = seconds + chunk.seconds, chunk.rate
        if event.type == last:
            break
    return {"kinds": kinds, "seconds": seconds, "rate": rate}


async def main():
    async with AsyncClient.from_uri(address) as client:
        await client.write_event(Describe().event())
        info = Info.from_event(await client.read_event())
        tts, asr = info.tts[0], info.asr[0]
        tell("info", voices=len(tts.voices), heart=next(v.languages for v in tts.voices if v.name == "af_heart"),
             installed=[tts.installed, asr.installed], models=[[m.name, m.languages] for m in asr.models],
             streaming=[tts.supports_synthesize_streaming, asr.supports_transcript_streaming])
        await client.write_event(Ping(text="here").event())
        tell("pong", text=Pong.from_event(await client.read_event()).text)

        await client.write_event(Synthesize(text=TEXT, voice=SynthesizeVoice(name="bm_george")).event())
        tell("synthesize", **await spoken(client, "audio-stop"))

        await client.write_event(SynthesizeStart(voice=SynthesizeVoice(language="en_GB")).event())
        for word in TEXT.split(" "):
            await client.write_event(SynthesizeChunk(text=word + " ").event())
        await client.write_event(Synthesize(text=TEXT).event())
        await client.write_event(SynthesizeStop().event())
        tell("streaming", **await spoken(client, "synthesize-stopped"))

        with wave.open(sound, "rb") as file:
            await client.write_event(Transcribe(language="en").event())
            for part in wav_to_chunks(file, 1024, start_event=True, stop_event=True):
                await client.write_event(part.event())
        kinds = []
        while event := await client.read_event():
            kinds.append(event.type)
            if Transcript.is_type(event.type):
                transcript = Transcript.from_event(event)
            if event.type == "transcript-stop":
                break
        tell("transcript", text=transcript.text, language=transcript.language, kinds=kinds)

    for what, event in [
        ("voice", Synthesize(text=TEXT, voice=SynthesizeVoice(name="nobody"))),
        ("language", Transcribe(language="de")),
    ]:
        async with AsyncClient.from_uri(address) as client:
            await client.write_event(event.event())
            error = Error.from_event(await client.read_event())
            tell(what, text=error.text, code=error.code, over=await client.read_event() is None)


asyncio.run(main())
