"""Runs an exported model on a padded batch: MODEL.pt CLIP.npy...

Prints a line of logits for each clip.
"""
import sys

import numpy
import torch

model = torch.jit.load(sys.argv[1])
clips = [torch.from_numpy(numpy.load(name)) for name in sys.argv[2:]]
features = torch.nn.utils.rnn.pad_sequence(clips, batch_first=True, padding_value=17.0)
lengths = torch.tensor([len(clip) for clip in clips])
with torch.no_grad():
    logits, probabilities, attention, embedding = model(features, lengths)
assert torch.allclose(probabilities, logits.softmax(1))
assert torch.allclose(attention.sum(1), torch.ones(len(clips)))
for row in logits.tolist():
    print(*row)
