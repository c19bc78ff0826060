#!/usr/bin/env python3
"""Makes the reference vectors that the feature tests hold the Java code against.

Run from the module's folder, with torch, torchaudio and numpy (Debian: python3-torchaudio):

    python3 src/test/python/reference_vectors.py                    # the synthetic signals
    python3 src/test/python/reference_vectors.py --ravdess DIR      # and the two speech excerpts

With --ravdess, DIR holds RAVDESS at 16 kHz mono 16-bit, as Actor_NN/*.wav.

With slaney scale and norm, torchaudio's mel spectrogram is librosa's. Everything is computed in
float64: by default torchaudio rounds window and filters to float32, which shows in quiet bands.
"""

import argparse
import pathlib
import wave

import numpy as np
import torch
import torchaudio.functional as F

torch.set_default_dtype(torch.float64)

RESOURCES = pathlib.Path(__file__).resolve().parent.parent / "resources" / "reference"
RATE = 16_000

DEFAULTS = dict(
    rate=RATE, fft=512, window=400, hop=160, bands=64, coefficients=40,
    low=0.0, high=8000.0, scale="slaney", norm="slaney",
)
SETTINGS = {
    "default": DEFAULTS,
    "htk": {**DEFAULTS, "scale": "htk", "norm": None},
    "narrow": dict(
        rate=8_000, fft=256, window=201, hop=77, bands=30, coefficients=13,
        low=100.0, high=3500.0, scale="slaney", norm="slaney",
    ),
}


def reflect(x, pad):
    """Reflects about the first and last sample, as often as needed (np.pad, mode="reflect").

    By index, because older versions of numpy go wrong where one reflection is not enough.
    """
    n = len(x)
    index = np.arange(-pad, n + pad)
    if n == 1:
        return x[np.zeros_like(index)]
    index = np.mod(index, 2 * (n - 1))
    return x[np.where(index < n, index, 2 * (n - 1) - index)]


def mel(x, s):
    """Mel power, [frames, bands], of a float64 signal."""
    padded = torch.from_numpy(reflect(x, s["fft"] // 2))
    spectrum = torch.stft(
        padded, s["fft"], s["hop"], s["window"], torch.hann_window(s["window"], periodic=True),
        center=False, return_complex=True,
    )
    power = spectrum.abs() ** 2
    bank = F.melscale_fbanks(
        s["fft"] // 2 + 1, s["low"], s["high"], s["bands"], s["rate"], s["norm"], s["scale"]
    )
    return power.T @ bank


def features(x, s=None):
    """A dict of float64 features, each [frames, columns]."""
    s = s or DEFAULTS
    x = x.astype(np.float64)
    m = mel(x, s)
    db = F.amplitude_to_DB(m, 10.0, 1e-10, 0.0, None)
    dct = F.create_dct(s["coefficients"], s["bands"], "ortho")
    half = s["window"] // 2
    padded = np.pad(x, (half, s["window"]))
    frames = 1 + len(x) // s["hop"]
    rms = [
        np.sqrt(np.mean(padded[t * s["hop"]: t * s["hop"] + s["window"]] ** 2))
        for t in range(frames)
    ]
    return {
        "logmel": torch.log(torch.clamp(m, min=1e-10)).numpy(),
        "mfcc": (db @ dct).numpy(),
        "rms": np.array(rms)[:, None],
    }


def synthetic():
    """Signals by name, float32."""
    random = np.random.default_rng(20220101)
    t = np.arange(RATE // 2) / RATE
    pitch = 180 * (1 + 0.03 * np.sin(2 * np.pi * 5 * t))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    vowel = sum(np.sin(k * phase) / k for k in range(1, 20)) * np.hanning(len(t))
    click = 1e-5 * random.standard_normal(4000)
    click[2000] = 0.9
    signals = {
        "tone": 0.5 * np.sin(2 * np.pi * 1000 * t),
        "vowel": 0.3 * vowel,
        "noise": 0.1 * random.standard_normal(RATE // 4),
        "chirp": np.sin(2 * np.pi * (50 * t + (7900 - 50) * t * t)),
        "square": np.sign(np.sin(2 * np.pi * 210 * t[:4000])),
        "silence": np.zeros(1600),
        "click-in-hiss": click,
        "fading": 0.5 * np.sin(2 * np.pi * 440 * t) * 10 ** (-10 * t),
        "ten-milliseconds": 0.3 * random.standard_normal(160),
        "three-samples": np.array([0.5, -0.25, 0.125]),
        "two-samples": np.array([0.5, -0.25]),
        "one-sample": np.array([0.5]),
    }
    return {name: x.astype(np.float32) for name, x in signals.items()}


def read_wav(path):
    with wave.open(str(path)) as f:
        assert (f.getnchannels(), f.getsampwidth(), f.getframerate()) == (1, 2, RATE), path
        pcm = np.frombuffer(f.readframes(f.getnframes()), "<i2")
    return pcm, (pcm / 32768).astype(np.float32)


def excerpt(source, start, target):
    pcm, _ = read_wav(source)
    with wave.open(str(target), "wb") as f:
        f.setnchannels(1)
        f.setsampwidth(2)
        f.setframerate(RATE)
        f.writeframes(pcm[start: start + RATE].tobytes())


def store(folder, name, x, setting="default"):
    for kind, values in features(x, SETTINGS[setting]).items():
        # MFCC reach some hundreds, where float32 itself is off by 3e-5.
        dtype = "<f8" if kind == "mfcc" else "<f4"
        np.save(folder / f"{name}.{setting}.{kind}.npy", values.astype(dtype))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ravdess", type=pathlib.Path)
    ravdess = parser.parse_args().ravdess

    RESOURCES.mkdir(parents=True, exist_ok=True)
    for name, x in synthetic().items():
        np.save(RESOURCES / f"{name}.npy", x)
        store(RESOURCES, name, x)
    for setting in ("htk", "narrow"):
        store(RESOURCES, "vowel", synthetic()["vowel"], setting)

    if ravdess:
        speech = RESOURCES / "ravdess"
        speech.mkdir(exist_ok=True)
        # An angry man, loud, and a sad woman, quiet.
        for source, start in (
            ("Actor_05/03-01-05-02-01-01-05.wav", 20_000),
            ("Actor_12/03-01-04-01-02-01-12.wav", 18_000),
        ):
            path = speech / pathlib.Path(source).name
            excerpt(ravdess / source, start, path)
            store(speech, path.stem, read_wav(path)[1])


if __name__ == "__main__":
    main()
