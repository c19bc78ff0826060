"""The same model and features as a good PyTorch user would write them: what `ser bench` compares with.

Prints one JSON object a line: {"figure": NAME, "value": NUMBER}, {"file": NAME, "probabilities": [...]}, or {"setting": NAME, "value": TEXT}.

    python3 peer.py --model DIR --archive model.pt --clips DIR [--threads 2] [--figures latency,training] [--repeats 200]
"""

import argparse
import contextlib
import json
import math
import os
import pathlib
import time
import wave

import numpy as np
import torch
import torchaudio
from torch import nn
from torch.nn import functional as F

FEATURES = ["log-mel", "mfcc", "rms", "resample"]

def read_weights(path):
    """A safetensors file as tensors by name."""
    content = path.read_bytes()
    size = int.from_bytes(content[:8], "little")
    body = memoryview(content)[8 + size :]
    weights = {}
    for name, entry in json.loads(content[8 : 8 + size]).items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            values = np.frombuffer(body[begin:end], dtype="<f4").reshape(entry["shape"])
            weights[name] = torch.tensor(values)
    return weights


class BatchNorm(nn.Module):
    """Over the clips' own steps alone; PyTorch's own when there is no padding."""

    def __init__(self, channels):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("variance", torch.ones(channels))

    def forward(self, x, mask):  # [B, C, T, bands], [B, 1, T, 1] or None
        if mask is None or not self.training:
            return F.batch_norm(
                x, self.mean, self.variance, self.gain, self.bias, self.training, 0.1, 1e-5
            )
        count = mask.sum() * x.shape[3]
        own = x * mask
        mean = own.sum((0, 2, 3)) / count
        variance = (own.square().sum((0, 2, 3)) / count - mean.square()).clamp(min=0)
        with torch.no_grad():
            self.mean.lerp_(mean, 0.1)
            self.variance.lerp_(variance, 0.1)
        factor = self.gain * (variance + 1e-5).rsqrt()
        offset = self.bias - mean * factor
        return torch.addcmul(offset[:, None, None], own, factor[:, None, None])


class Convolution(nn.Module):
    """Convolution, batch normalisation, rectifier, pooling."""

    def __init__(self, inputs, outputs, size, stride, time_stride):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False)
        self.norm = BatchNorm(outputs)
        self.stride = stride
        self.time_stride = time_stride

    def fold(self):
        """For inference: the normalisation becomes part of the convolution."""
        factor = self.norm.gain * (self.norm.variance + 1e-5).rsqrt()
        self.conv.weight.data *= factor[:, None, None, None]
        self.conv.bias = nn.Parameter(self.norm.bias - self.norm.mean * factor)
        self.norm = None

    def forward(self, x, lengths):
        x = self.conv(x)
        lengths, mask = shorten(lengths, self.stride, x.shape[2])
        if self.norm is not None:
            x = self.norm(x, mask)
        x = masked(F.relu(x), mask)
        if self.time_stride == 2:
            x = F.max_pool2d(x, (3, 2), (2, 2), (1, 0))
            lengths, mask = shorten(lengths, 2, x.shape[2])
            return masked(x, mask), lengths
        return F.max_pool2d(x, (1, 2)), lengths


def shorten(lengths, stride, steps):
    """The lengths after a stride, and their mask [B, 1, T, 1]; None without padding."""
    if lengths is None:
        return None, None
    lengths = (lengths + stride - 1) // stride
    return lengths, length_mask(lengths, steps)[:, None, :, None]


def length_mask(lengths, steps):
    return (torch.arange(steps) < lengths[:, None]).float()


def masked(x, mask):
    return x if mask is None else x * mask


class Attention(nn.Module):
    """Self-attention, with Focus- and Calibration-Attention where the variant has them."""

    def __init__(self, settings):
        super().__init__()
        width, heads = settings["width"], settings["heads"]
        self.heads = heads
        self.window = settings["calibrationWindow"]
        self.focused = "fa" in settings["variant"].split("+")
        self.calibrated = "ca" in settings["variant"].split("+")
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width, bias=False)
        self.value = nn.Linear(width, width)
        if self.focused:
            self.focus_query = nn.Linear(width, width)
            self.focus_clip = nn.Linear(width, width, bias=False)
            self.focus_centre = nn.Parameter(torch.randn(heads, width // heads, 1) * 0.02)
            self.focus_width = nn.Parameter(torch.randn(heads, width // heads, 1) * 0.02)
        if self.calibrated:
            hidden = settings["calibrationHidden"]
            self.calibration_hidden = nn.Linear(2 * heads, hidden)
            self.calibration_gate = nn.Linear(hidden, heads)
        self.output = nn.Linear(width, width)

    def split(self, x):  # [B, T, D] to [B, H, T, d]
        return x.unflatten(2, (self.heads, -1)).transpose(1, 2)

    def forward(self, x, mask):  # mask [B, T] or None
        q = self.query(x)
        queries, keys, values = self.split(q), self.split(self.key(x)), self.split(self.value(x))
        scores = queries @ keys.transpose(2, 3) / math.sqrt(queries.shape[3])
        if self.focused:
            scores = scores - self.distances(q, mask)
        if mask is not None:
            scores = scores + (mask[:, None, None, :] - 1) * 1e9
        attended = torch.softmax(scores, -1) @ values  # [B, H, T, d]
        joined = attended.transpose(1, 2)
        if self.calibrated:
            joined = joined * self.gates(attended, mask)[..., None]  # gates [B, T, H]
        return self.output(joined.flatten(2))

    def distances(self, q, mask):
        """Of each key to the window of each query, squared: [B, H, T, T]."""
        if mask is None:
            length = q.new_full((1, 1, 1), q.shape[1])
            mean = q.mean(1, keepdim=True)
        else:
            length = mask.sum(1)[:, None, None]
            mean = (q * mask[:, :, None]).sum(1, keepdim=True) / length
        context = self.split(torch.tanh(self.focus_query(q) + self.focus_clip(mean)))
        steps = length[..., None]
        centre = steps * torch.sigmoid(context @ self.focus_centre)
        width = (steps * torch.sigmoid(context @ self.focus_width)).clamp(min=0.5)
        positions = torch.arange(q.shape[1], dtype=q.dtype)
        return 2 * ((positions - centre) / width).square()

    def gates(self, attended, mask):
        half = self.window // 2
        means, peaks = attended.mean(3), attended.amax(3)  # [B, H, T]
        if mask is None:
            means = F.avg_pool1d(means, self.window, 1, half, count_include_pad=False)
            peaks = F.max_pool1d(peaks, self.window, 1, half)
        else:
            own = mask[:, None]
            count = F.avg_pool1d(own, self.window, 1, half).clamp(min=1e-6)
            means = F.avg_pool1d(means * own, self.window, 1, half) / count * own
            peaks = F.max_pool1d(peaks + (own - 1) * 1e9, self.window, 1, half) * own
        summary = torch.cat((means, peaks), 1).transpose(1, 2)
        return 2 * torch.sigmoid(
            self.calibration_gate(F.relu(self.calibration_hidden(summary)))
        )


class Block(nn.Module):
    def __init__(self, settings):
        super().__init__()
        attention = settings["attention"]
        width = attention["width"]
        self.attention_norm = nn.LayerNorm(width)
        self.attention = Attention(attention)
        self.hidden_norm = nn.LayerNorm(width)
        self.hidden = nn.Linear(width, settings["feedForward"])
        self.output = nn.Linear(settings["feedForward"], width)
        self.dropout = nn.Dropout(settings["blockDropout"])

    def forward(self, x, mask):
        x = x + self.dropout(self.attention(self.attention_norm(x), mask))
        hidden = F.gelu(self.hidden(self.hidden_norm(x)))
        return x + self.dropout(self.output(self.dropout(hidden)))


class Encoder(nn.Module):
    """Features [B, T, bands] and lengths [B] to logits [B, classes]. See ser-attention."""

    def __init__(self, settings):
        super().__init__()
        width = settings["attention"]["width"]
        channels = [3] + settings["channels"]
        self.convolutions = nn.ModuleList(
            Convolution(
                channels[i],
                channels[i + 1],
                3 if i else 5,
                1 if i else 2,
                settings["timeStrides"][i],
            )
            for i in range(len(settings["channels"]))
        )
        bands = settings["bands"] >> (1 + len(settings["channels"]))
        self.projection = nn.Linear(channels[-1] * bands, width)
        self.projection_norm = nn.LayerNorm(width)
        self.dropout = nn.Dropout(settings["blockDropout"])
        self.blocks = nn.ModuleList(Block(settings) for _ in range(settings["blocks"]))
        self.final_norm = nn.LayerNorm(width)
        self.pooling_hidden = nn.Linear(width, settings["poolingHidden"])
        self.pooling_score = nn.Linear(settings["poolingHidden"], width, bias=False)
        self.classifier_dropout = nn.Dropout(settings["classifierDropout"])
        self.classifier = nn.Linear(2 * width, settings["classes"])
        self.register_buffer("slope", (torch.arange(5.0) - 2)[None, None, :, None] * 0.2)

    def load(self, weights):
        """From the model package, whose matrices are [inputs, outputs]."""
        targets = dict(self.named_parameters()) | dict(self.named_buffers())
        for name, tensor in weights.items():
            target = targets[translate(name)]
            with torch.no_grad():
                transposed = name.endswith(".weight") and tensor.dim() == 2
                target.copy_(tensor.T if transposed else tensor)

    def forward(self, features, lengths):
        steps = features.shape[1]
        # Without padding there is nothing to mask.
        lengths = None if bool((lengths == steps).all()) else lengths
        if lengths is None:
            column, spatial = None, None
            own = features
            centred = own - own.mean(1, keepdim=True)
        else:
            column = length_mask(lengths, steps)[:, :, None]
            spatial = column[:, None]
            own = features * column
            centred = (own - own.sum(1, keepdim=True) / column.sum(1, keepdim=True)) * column
        own = own[:, None]
        slope = masked(F.conv2d(own, self.slope, padding=(2, 0)), spatial)
        x = torch.cat((own, centred[:, None], slope), 1)
        for convolution in self.convolutions:
            x, lengths = convolution(x, lengths)
        x = self.projection(x.permute(0, 2, 3, 1).flatten(2))
        x = self.dropout(self.projection_norm(x))
        mask = None if lengths is None else length_mask(lengths, x.shape[1])
        for block in self.blocks:
            x = block(x, mask)
        x = self.final_norm(x)
        scores = self.pooling_score(torch.tanh(self.pooling_hidden(x)))
        if mask is not None:
            scores = scores + (mask[:, :, None] - 1) * 1e9
        weights = torch.softmax(scores, 1)
        mean = (weights * x).sum(1, keepdim=True)
        variance = (weights * (x - mean).square()).sum(1, keepdim=True)
        pooled = torch.cat((mean, (variance + 1e-5).sqrt()), 2).flatten(1)
        return self.classifier(self.classifier_dropout(pooled))


def translate(name):
    """From the package's names to this module's."""
    for layer in ("conv", "block"):
        prefix, _, rest = name.partition(".")
        if prefix.startswith(layer):
            index = prefix[len(layer) :]
            if layer == "conv":
                return f"convolutions.{index}." + ("conv.weight" if rest == "weight" else rest)
            for part in ("focus.", "calibration."):
                rest = rest.replace(part, part[:-1] + "_")
            rest = rest.replace(".norm.", "_norm.").replace("norm.gain", "norm.weight")
            return f"blocks.{index}.{rest}"
    for part in ("pooling.hidden", "pooling.score", "projection.norm", "final.norm"):
        name = name.replace(part, part.replace(".", "_"))
    return name.replace("norm.gain", "norm.weight")


def mel_arguments(settings):
    return {
        "n_fft": settings["fftSize"],
        "win_length": settings["windowLength"],
        "hop_length": settings["hopLength"],
        "f_min": settings["minHz"],
        "f_max": settings["maxHz"],
        "n_mels": settings["bands"],
        "norm": "slaney" if settings["slaneyNorm"] else None,
        "mel_scale": settings["melScale"].lower(),
    }


class Frontend:
    """A WAV file as standardised log-mel features of its speech, [T, bands]."""

    def __init__(self, description):
        settings = description["features"]
        self.mel = torchaudio.transforms.MelSpectrogram(
            sample_rate=settings["sampleRate"], **mel_arguments(settings)
        )
        self.trim = description["trim"]
        self.mean = torch.tensor(description["standardization"]["mean"])
        self.deviation = torch.tensor(description["standardization"]["deviation"])

    def log_mel(self, samples):
        return self.mel(samples).clamp(min=1e-10).log().T

    def speech(self, file):
        x = self.log_mel(read_wav(file))
        power = x.exp().sum(1)
        speech = torch.nonzero(power > power.max() * math.exp(-self.trim)).flatten()
        first, last = int(speech[0]), int(speech[-1])
        x = x[max(0, first - 10) // 8 * 8 : last + 11]
        return (x - self.mean) / self.deviation


def read_wav(file):
    """16-bit mono PCM, as the clips are: several times as fast as torchaudio.load."""
    with wave.open(str(file)) as reader:
        samples = np.frombuffer(reader.readframes(reader.getnframes()), dtype="<i2")
    return torch.from_numpy(samples.astype(np.float32)) / 32768


def pad(clips):
    lengths = torch.tensor([len(clip) for clip in clips])
    return nn.utils.rnn.pad_sequence(clips, batch_first=True), lengths


def seconds(work, warm_up, repeats):
    """The time of each run, sorted."""
    for _ in range(warm_up):
        work()
    times = []
    for _ in range(repeats):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return sorted(times)


def median(times):
    return times[len(times) // 2]


def say(figure, value):
    print(json.dumps({"figure": figure, "value": value}), flush=True)


def latency(name, frontend, classify, files, repeats):
    turn = iter(range(10**9))

    def once():
        x = frontend.speech(files[next(turn) % len(files)])
        return classify(x[None], torch.tensor([len(x)])).tolist()

    with torch.inference_mode():
        times = seconds(once, 400, repeats)
    say(name + " p50 ms", 1e3 * times[len(times) // 2])
    say(name + " p99 ms", 1e3 * times[math.ceil(0.99 * len(times)) - 1])


def throughput(name, classify, clips, repeats):
    """Clips per second of a padded batch of 32, features given."""
    batch, lengths = pad([clips[i % len(clips)] for i in range(32)])
    with torch.inference_mode():
        times = seconds(lambda: classify(batch, lengths), 5, repeats)
    say(name + " clips/s", 32 / median(times))


def training(name, settings, clips, repeats):
    """Forward, backward, clipping, AdamW and the weights' running average, as the trainer does."""
    torch.manual_seed(1)
    encoder = Encoder(settings).train()
    decayed = [p for p in encoder.parameters() if p.dim() >= 2]
    others = [p for p in encoder.parameters() if p.dim() < 2]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.05}, {"params": others, "weight_decay": 0.0}],
        lr=1e-3,
        foreach=True,
    )
    parameters = list(encoder.parameters())
    averages = [p.detach().clone() for p in parameters]
    batch, lengths = pad([clips[i % len(clips)] for i in range(16)])
    targets = F.one_hot(torch.arange(16) % settings["classes"], settings["classes"]).float()

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(encoder(batch, lengths), targets)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        with torch.no_grad():
            torch._foreach_mul_(averages, 0.99)
            torch._foreach_add_(averages, parameters, alpha=0.01)
        return loss.item()

    say(name + " ms", 1e3 * median(seconds(step, 5, repeats)))


def mfcc(settings):
    """As librosa defines them: of 10·log10 without a floor below the loudest."""
    transform = torchaudio.transforms.MFCC(
        sample_rate=settings["sampleRate"],
        n_mfcc=settings["coefficients"],
        melkwargs=mel_arguments(settings),
    )
    transform.amplitude_to_DB.top_db = None
    return transform


def rms(samples):
    """Over 400 samples, hop 160, centred with zeros."""
    power = F.avg_pool1d(samples.square()[None], 400, 160, 200)
    return power.sqrt()


def features(frontend, settings, files, kinds, repeats):
    """Of samples in memory, one thread, times real time."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    clips = [read_wav(file) for file in files]
    duration = sum(len(clip) for clip in clips) / 16000
    transforms = {
        "log-mel": frontend.log_mel,
        "mfcc": mfcc(settings),
        "rms": rms,
        # The clips, as if they had the rate of the originals.
        "resample": torchaudio.transforms.Resample(48000, 16000),
    }
    for kind in kinds:
        transform = transforms[kind]
        recorded = duration / 3 if kind == "resample" else duration

        def extract():
            for clip in clips:
                transform(clip)

        with torch.inference_mode():
            times = seconds(extract, 5, repeats)
        say(kind + " × real time", recorded / median(times))
    torch.set_num_threads(threads)


def blas():
    """Which library multiplies matrices: Debian's default is the slow reference implementation."""
    maps = pathlib.Path("/proc/self/maps")
    names = {line.split()[-1] for line in maps.read_text().splitlines() if "/" in line}
    found = sorted(n for n in names if "blas" in os.path.basename(n) and ".so" in n)
    return ", ".join(os.path.realpath(name) for name in found) or "built in"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=pathlib.Path, required=True, help="a model package")
    parser.add_argument("--archive", type=pathlib.Path, help="what 'ser export' wrote, .pt")
    parser.add_argument("--clips", type=pathlib.Path, required=True, help="16-bit mono WAV files")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=200, help="runs of what is quick")
    parser.add_argument(
        "--figures", default="answers,latency,throughput,training,features", help="which"
    )
    options = parser.parse_args()
    figures = options.figures.split(",")
    torch.set_num_threads(options.threads)
    description = json.loads((options.model / "model.json").read_text())
    print(json.dumps({"setting": "torch", "value": torch.__version__}))
    print(json.dumps({"setting": "blas", "value": blas()}))
    encoder = Encoder(description["encoder"])
    encoder.load(read_weights(options.model / "weights.safetensors"))
    encoder.eval()
    for convolution in encoder.convolutions:
        convolution.fold()
    frontend = Frontend(description)
    files = sorted(options.clips.rglob("*.wav"))
    classifiers = {"eager": lambda x, n: torch.softmax(encoder(x, n), -1)}
    if options.archive:
        archive = torch.jit.load(str(options.archive))
        mean, deviation = frontend.mean, frontend.deviation
        # The archive standardises features itself, so what the frontend did is undone.
        classifiers["archive"] = lambda x, n: archive(x * deviation + mean, n)[1]
    with torch.inference_mode():
        clips = [frontend.speech(file) for file in files[:32]]
    if "answers" in figures:
        with torch.inference_mode():
            for file, clip in zip(files, clips):
                answer = classifiers["eager"](clip[None], torch.tensor([len(clip)]))[0].tolist()
                print(json.dumps({"file": file.name, "probabilities": answer}))
    for name, classify in classifiers.items():
        if "latency" in figures:
            latency(name + " latency", frontend, classify, files, options.repeats)
        if "throughput" in figures:
            throughput(name + " batch 32", classify, clips, max(1, options.repeats // 10))
    if "training" in figures:
        repeats = max(1, options.repeats // 10)
        shortest = min(len(clip) for clip in clips)
        training("training step, padded", description["encoder"], clips, repeats)
        equal = [clip[:shortest] for clip in clips]
        training("training step, equal lengths", description["encoder"], equal, repeats)
    for figure, kinds in (("features", ["log-mel"]), ("all-features", FEATURES)):
        if figure in figures:
            repeats = max(1, options.repeats // 10)
            features(frontend, description["features"], files[:32], kinds, repeats)


if __name__ == "__main__":
    main()
