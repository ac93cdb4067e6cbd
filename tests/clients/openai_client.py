"""OpenAI's own client, as a program would use it. Prints what it got as JSON lines."""
import base64, json, os, sys, openai

address, key, folder, sound = sys.argv[1:5]
client = openai.OpenAI(base_url=f"{address}/v1", api_key=key, max_retries=0)
TEXT = "The quick brown fox jumps over the lazy dog."


def tell(what, **found):
    print(json.dumps({"what": what, **found}))


tell("models", ids=[model.id for model in client.models.list()])
tell("model", id=client.models.retrieve("tts-1").id)

for form in ["mp3", "opus", "aac", "flac", "wav", "pcm"]:
    path = os.path.join(folder, f"speech.{form}")
    with client.audio.speech.with_streaming_response.create(
        model="tts-1", voice="nova", input=TEXT, response_format=form
    ) as response:
        response.stream_to_file(path)
        tell("speech", form=form, type=response.headers["content-type"], bytes=os.path.getsize(path))

with client.audio.speech.with_streaming_response.create(
    model="gpt-4o-mini-tts", voice="af_heart:0.7,bf_emma:0.3", input=TEXT, response_format="pcm",
    speed=4, instructions="Cheerfully.", stream_format="sse",
) as response:
    events = [json.loads(line[6:]) for line in response.iter_lines() if line.startswith("data: ")]
    sound_bytes = sum(len(base64.b64decode(event.get("audio", ""))) for event in events)
    tell("events", kinds=sorted({event["type"] for event in events}), bytes=sound_bytes)

with open(sound, "rb") as file:
    tell("text", text=client.audio.transcriptions.create(model="whisper-1", file=file).text)
for form in ["text", "srt", "vtt"]:
    with open(sound, "rb") as file:
        tell(form, text=client.audio.transcriptions.create(model="whisper-1", file=file, response_format=form))
with open(sound, "rb") as file:
    found = client.audio.transcriptions.create(
        model="whisper-1", file=file, language="en", response_format="verbose_json",
        timestamp_granularities=["word", "segment"],
    )
    tell("verbose", text=found.text, language=found.language, duration=found.duration,
         words=[[word.word, word.start, word.end] for word in found.words], segments=len(found.segments))
with open(sound, "rb") as file:
    stream = client.audio.transcriptions.create(model="gpt-4o-transcribe", file=file, stream=True)
    events = list(stream)
    tell("stream", deltas="".join(event.delta for event in events if event.type == "transcript.text.delta"),
         done=events[-1].text)


def refused(what, call):
    try:
        call()
        tell(what, error=None)
    except openai.APIStatusError as error:
        body = error.body or {}
        tell(what, error=type(error).__name__, status=error.status_code, code=body.get("code"), param=body.get("param"),
             message=body.get("message"))


speak = client.audio.speech.create
refused("no key", lambda: openai.OpenAI(base_url=f"{address}/v1", api_key="wrong", max_retries=0).models.list())
refused("no model", lambda: speak(model="tts-9", voice="nova", input=TEXT))
refused("no voice", lambda: speak(model="tts-1", voice="nobody", input=TEXT))
refused("no long", lambda: speak(model="tts-1", voice="nova", input="a" * 4097))
refused("no speed", lambda: speak(model="tts-1", voice="nova", input=TEXT, speed=4.01))
refused("no nothing", lambda: speak(model="tts-1", voice="nova", input="\u2603"))
refused("no sound", lambda: client.audio.transcriptions.create(model="whisper-1", file=("a.mp3", b"This is no sound. " * 99)))
refused("no large", lambda: client.audio.transcriptions.create(model="whisper-1", file=("a.wav", bytes(25 * 1024 * 1024 + 1))))
refused("no language", lambda: client.audio.transcriptions.create(model="whisper-1", file=("a.wav", b"x"), language="de"))
