#!/usr/bin/env bash
# Made the files beside it: a synthetic vowel (mono) and the vowel with a tone (stereo), encoded, and
# as ffmpeg and opusdec decode them (*.flac). LAME 3.100, vorbis-tools 1.4.2, opus-tools 0.2, ffmpeg 5.1.
set -euo pipefail
cd "$(dirname "$0")"
python3 - <<'PY'
import math, struct, wave

def synthesise(name, rate, channels, seconds):
    out, phase = [], 0.0
    for i in range(int(rate * seconds)):
        t = i / rate
        phase += 2 * math.pi * (150 + 25 * math.sin(2 * math.pi * 3 * t)) / rate
        envelope = math.sin(math.pi * t / seconds)
        out.append(int(8192 * envelope * sum(math.sin(k * phase) / k for k in range(1, 16))))
        if channels == 2:
            out.append(int(9830 * envelope * math.sin(2 * math.pi * 440 * t)))
    with wave.open(name, "w") as f:
        f.setnchannels(channels)
        f.setsampwidth(2)
        f.setframerate(rate)
        f.writeframes(struct.pack("<%dh" % len(out), *out))

synthesise("mono.wav", 16000, 1, 0.5)
synthesise("stereo.wav", 44100, 2, 0.25)
PY
lame --quiet -b 48 mono.wav mono.mp3
lame --quiet --resample 44.1 -b 128 stereo.wav stereo.mp3
lame --quiet -t -b 48 mono.wav untagged.mp3
oggenc -Q --serial 1 mono.wav -o mono.ogg
oggenc -Q --serial 1 -q 2 stereo.wav -o stereo.ogg
opusenc --quiet --serial 1 --bitrate 24 mono.wav mono.opus
opusenc --quiet --serial 1 --bitrate 96 stereo.wav stereo.opus
for clip in mono stereo; do
  for kind in m4a aac; do
    ffmpeg -loglevel error -y -i $clip.wav -c:a aac -aac_pns 0 -aac_tns 0 -b:a 64k -fflags +bitexact -flags:a +bitexact $clip.$kind
  done
done
# With noise substitution and temporal noise shaping.
ffmpeg -loglevel error -y -i mono.wav -c:a aac -b:a 32k -fflags +bitexact -flags:a +bitexact noise.m4a
ffmpeg -loglevel error -y -i mono.wav -c:a alac -fflags +bitexact -flags:a +bitexact alac.m4a
for file in mono.opus stereo.opus; do
  opusdec --quiet --rate 48000 --no-dither $file $file.wav
  flac --silent --no-padding -f $file.wav -o $file.flac
  rm $file.wav
done
for file in *.mp3 *.ogg mono.m4a stereo.m4a noise.m4a *.aac; do
  ffmpeg -loglevel error -y -i $file -sample_fmt s16 -fflags +bitexact -flags:a +bitexact $file.flac
done
