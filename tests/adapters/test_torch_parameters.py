"""Groups of parameters by rules on their names; several optimizers as one; labels for optax by the same rules."""

import copy
import re
import warnings

import pytest
import torch
from torch import nn

import lrsched as lr
from lrsched.adapters.torch import Together, TorchScheduler, layer_decay, param_groups


def model():
    torch.manual_seed(0)
    blocks = nn.ModuleList(nn.Sequential(nn.LayerNorm(4), nn.Linear(4, 4)) for _ in range(2))
    return nn.ModuleDict({"embed": nn.Embedding(5, 4), "blocks": blocks, "head": nn.Linear(4, 5)})


def names_of(groups, module):
    """The names in each group, by the name of the group."""
    names = {id(weights): name for name, weights in module.named_parameters()}
    return {group["name"]: sorted(names[id(weights)] for weights in group["params"]) for group in groups}


def is_vector(name, weights):
    return weights.ndim < 2


# Rules.


def test_every_parameter_is_in_one_group_with_the_options_of_its_rules():
    module = model()
    rules = {r"bias$|\d\.0\.": {"name": "no_decay", "weight_decay": 0.0}, "^embed": {"name": "embed", "lr_scale": 0.1}}
    groups = param_groups(module, {**rules, "^head": "head"}, default={"weight_decay": 0.1})
    assert names_of(groups, module) == {
        "no_decay": sorted(f"blocks.{i}.{part}" for i in (0, 1) for part in ("0.weight", "0.bias", "1.bias")),
        "no_decay + head": ["head.bias"],
        "embed": ["embed.weight"],
        "head": ["head.weight"],
        "default": ["blocks.0.1.weight", "blocks.1.1.weight"],
    }
    options = {group["name"]: {k: v for k, v in group.items() if k not in ("name", "params")} for group in groups}
    assert options == {
        "no_decay": {"weight_decay": 0.0},
        "no_decay + head": {"weight_decay": 0.0},
        "embed": {"lr_scale": 0.1},
        "head": {},
        "default": {"weight_decay": 0.1},
    }
    everything = [id(weights) for group in groups for weights in group["params"]]
    assert sorted(everything) == sorted(map(id, module.parameters()))


def test_the_groups_are_scheduled():
    module = model()
    rules = {is_vector: {"weight_decay": 0.0}, "^embed": {"lr_scale": 0.1}}
    optimizer = torch.optim.AdamW(param_groups(module, rules, default={}), lr=7.0, weight_decay=0.1)
    rate = lr.warmup_cosine(1e-3, 10, 100)
    decay = {"is_vector": None, "^embed": rate * 100, "default": 0.1}
    scheduler = TorchScheduler(optimizer, rate, weight_decay=decay, step=20)
    by_name = {group["name"]: (group["lr"], group["weight_decay"]) for group in optimizer.param_groups}
    assert by_name == {
        "is_vector": (rate(20), 0.0),
        "^embed": (0.1 * rate(20), (rate * 100)(20)),
        "default": (rate(20), 0.1),
    }
    assert scheduler.last_lr == [rate(20), 0.1 * rate(20), rate(20)]


def test_a_rule_may_be_a_function_of_the_name_and_the_parameter():
    module = model()
    matrices = {lambda name, weights: weights.ndim == 2 and name.startswith("blocks"): {"name": "muon"}}
    groups = names_of(param_groups(module, matrices, default="adamw"), module)
    assert groups["muon"] == ["blocks.0.1.weight", "blocks.1.1.weight"]
    assert len(groups["adamw"]) == 9


def test_a_rule_may_be_a_compiled_expression():
    module = model()
    groups = names_of(
        param_groups(module, {re.compile("BIAS", re.IGNORECASE): {"weight_decay": 0.0}}, default={}), module
    )
    assert groups["BIAS"] == [name for name, _ in module.named_parameters() if "bias" in name]


def test_rules_of_one_name_are_one_group():
    module = model()
    rules = {"bias$": {"name": "plain", "weight_decay": 0.0}, r"\d\.0\.": {"name": "plain", "weight_decay": 0.0}}
    groups = param_groups(module, rules, default={})
    assert [group["name"] for group in groups] == ["plain", "default"]
    assert len(groups[0]["params"]) == 7


def test_pairs_and_mappings_are_taken_as_a_module_is():
    module = model()
    rules = {"bias$": "bias"}
    expected = names_of(param_groups(module, rules, default={}), module)
    assert names_of(param_groups(module.named_parameters(), rules, default={}), module) == expected
    assert names_of(param_groups(dict(module.named_parameters()), rules, default={}), module) == expected


def test_a_tied_parameter_is_in_one_group_and_matched_by_any_of_its_names():
    module = nn.ModuleDict({"embed": nn.Embedding(5, 4), "head": nn.Linear(4, 5, bias=False)})
    module["head"].weight = module["embed"].weight
    for rule in ("^embed", "^head", "weight"):
        (group,) = param_groups(module, {rule: {"lr_scale": 0.1}})
        assert group["params"] == [module["embed"].weight]
    with pytest.raises(
        ValueError, match=r"'embed.weight' matches '\^embed' and '\^head', which set lr_scale to 1 and 2"
    ):
        param_groups(module, {"^embed": {"lr_scale": 1}, "^head": {"lr_scale": 2}})


def test_a_frozen_parameter_is_left_out():
    module = model()
    module["embed"].requires_grad_(False)
    groups = param_groups(module, {"^embed|bias": "some"}, default={})
    assert not [names for names in names_of(groups, module).values() if "embed.weight" in names]
    param_groups(module, {"^(blocks|head)": "rest"})  # what is frozen needs no rule
    param_groups(module, {"^embed": "nothing that trains"}, default={})


BAD = {
    "a rule that matches nothing": (
        lambda: param_groups(model(), {"^haed": {"lr_scale": 1.0}}, default={}),
        "param_groups: the rule '^haed' matches no parameter; the nearest names are 'head.bias', 'head.weight', "
        "'embed.weight'.",
    ),
    "parameters without a rule": (
        lambda: param_groups(model(), {"^blocks": "a", "^head": "b"}),
        "param_groups: no rule matches 'embed.weight'; the rules are '^blocks', '^head'; give default={} for the rest.",
    ),
    "no rules": (
        lambda: param_groups(nn.Linear(1, 1), {}),
        "param_groups: no rule matches 'weight', 'bias'; there are no rules; give default={} for the rest.",
    ),
    "a number as the default": (
        lambda: param_groups(model(), {"^head": "b"}, default=0.1),
        "param_groups(default=0.1) must be the options of a group, or its name, not 0.1; write a dict.",
    ),
    "many parameters without a rule": (
        lambda: param_groups(model(), {"^head": "b"}),
        "param_groups: no rule matches 'embed.weight', 'blocks.0.0.weight', 'blocks.0.0.bias' and 6 more; the rules "
        "are '^head'; give default={} for the rest.",
    ),
    "rules that contradict each other": (
        lambda: param_groups(model(), {"bias": {"lr_scale": 1.0}, "head": {"lr_scale": 2.0}}, default={}),
        "param_groups: 'head.bias' matches 'bias' and 'head', which set lr_scale to 1.0 and 2.0; "
        "let one of them match less.",
    ),
    "no regular expression": (
        lambda: param_groups(model(), {"(": "a"}, default={}),
        "param_groups(rules={'(': ...}) must be a regular expression (missing ), unterminated subpattern at position "
        "0); re.escape(name) matches a name.",
    ),
    "a number for options": (
        lambda: param_groups(model(), {"head": 0.1}, default={}),
        "param_groups(rules={'head': ...}) must be the options of a group, or its name, not 0.1; write a dict.",
    ),
    "parameters among the options": (
        lambda: param_groups(model(), {"head": {"params": []}}, default={}),
        "param_groups(rules={'head': ...}) must not set \"params\"; the rules choose the parameters.",
    ),
    "a function without a name": (
        lambda: param_groups(model(), {lambda name, weights: True: {"lr_scale": 0.1}}),
        "param_groups(rules={'<lambda>': ...}) must have a name that is a str, not '<lambda>'; write "
        '"name": "decay".',
    ),
    "one name for other options": (
        lambda: param_groups(model(), {"head": {"name": "a", "x": 1}, "embed": {"name": "a", "x": 2}}, default={}),
        "param_groups: the name 'a' is given to groups with different options, {'x': 2} and {'x': 1}; "
        "give each a name of its own.",
    ),
    "rules in a list": (
        lambda: param_groups(model(), ["bias"], default={}),
        "param_groups(rules=['bias']) must be a dict, not list; write {\"bias$\": {...}}.",
    ),
    "no model": (
        lambda: param_groups([1, 2], {"bias": "a"}, default={}),
        "param_groups(model=[1, 2]) must be a torch.nn.Module, or its named_parameters(), not one with 1 in it.",
    ),
    "no number in the pattern": (
        lambda: layer_decay(model(), 0.5, "blocks"),
        r"layer_decay(pattern='blocks') must have the number of a block in parentheses; write r'blocks\.(\d+)'.",
    ),
    "no number in the name": (
        lambda: layer_decay(model(), 0.5, r"blocks\.\d+\.\d+\.(\w+)"),
        r"layer_decay(pattern='blocks\\.\\d+\\.\\d+\\.(\\w+)') must find numbers, and finds 'weight'; write (\d+).",
    ),
    "a pattern that matches nothing": (
        lambda: layer_decay(model(), 0.5, r"layers\.(\d+)"),
        r"layer_decay(pattern='layers\\.(\\d+)') must match the blocks of the model, and matches none of embed.weight, "
        "blocks.0.0.weight, blocks.0.0.bias, blocks.0.1.weight, blocks.0.1.bias.",
    ),
    "a factor above 1": (
        lambda: layer_decay(model(), 1.5, r"blocks\.(\d+)"),
        "layer_decay(decay=1.5) must be between 0 and 1; 0.3 is 30 %.",
    ),
    "no optimizer among several": (
        lambda: Together(torch.optim.SGD(model().parameters()), 3),
        "Together(3) must be a torch.optim.Optimizer, not int; give optimizers.",
    ),
    "no optimizers": (Together, "Together() must be given optimizers; give Muon and AdamW, say."),
    "a list of no optimizers": (
        lambda: TorchScheduler([], 0.1),
        "Together() must be given optimizers; give Muon and AdamW, say.",
    ),
    "a group for no one": (
        lambda: Together(torch.optim.SGD(model().parameters())).add_param_group({}),
        "Together.add_param_group must say whose; call optimizers[i].add_param_group(group).",
    ),
    "the state of other groups": (
        lambda: Together(torch.optim.SGD(model().parameters())).load_state_dict({"state": {}, "param_groups": []}),
        "Together.load_state_dict: 0 groups were saved, and there are 1.",
    ),
}


@pytest.mark.parametrize(("call", "message"), BAD.values(), ids=BAD)
def test_bad_input(call, message):
    with pytest.raises((TypeError, ValueError)) as caught:
        call()
    assert str(caught.value) == message


# Layers.


def vit(depth=4):
    """A module with the names of timm's ViT."""

    def block():
        parts = {"norm1": nn.LayerNorm(2), "attn": nn.ModuleDict({"qkv": nn.Linear(2, 6), "proj": nn.Linear(2, 2)})}
        return nn.ModuleDict({**parts, "norm2": nn.LayerNorm(2), "mlp": nn.ModuleDict({"fc1": nn.Linear(2, 2)})})

    class Vit(nn.Module):
        def __init__(self):
            super().__init__()
            self.cls_token, self.pos_embed = nn.Parameter(torch.zeros(1, 1, 2)), nn.Parameter(torch.zeros(1, 5, 2))
            self.patch_embed = nn.ModuleDict({"proj": nn.Conv2d(3, 2, 2)})
            self.blocks = nn.ModuleList(block() for _ in range(depth))
            self.norm, self.head = nn.LayerNorm(2), nn.Linear(2, 5)

    return Vit()


TIMM = {
    "cls_token": 0.2373046875,
    "pos_embed": 0.2373046875,
    "patch_embed": 0.2373046875,
    "blocks.0": 0.31640625,
    "blocks.1": 0.421875,
    "blocks.2": 0.5625,
    "blocks.3": 0.75,
    "norm": 0.75,
    "head": 1.0,
}
"""The scales of timm 1.0.31, `param_groups_layer_decay(model, layer_decay=0.75)`, for a ViT of four blocks."""

BEIT = {**TIMM, "norm": 1.0}
"""`LayerDecayValueAssigner` of BEiT: 0.75**(depth + 1 - layer), where the last norm is part of the head."""


def scales(groups, module):
    names = names_of(groups, module)
    return {name: group["lr_scale"] for group in groups for name in names[group["name"]]}


@pytest.mark.parametrize(
    ("pattern", "expected"), [(r"^blocks\.(\d+)|^norm", TIMM), (r"^blocks\.(\d+)", BEIT)], ids=["timm", "BEiT"]
)
@pytest.mark.parametrize("rules", [None, {is_vector: {"weight_decay": 0.0}}], ids=["alone", "with rules"])
def test_layer_decay_of_a_vit_is_what_timm_and_beit_have(pattern, expected, rules):
    module = vit()
    groups = layer_decay(module, 0.75, pattern, rules=rules)
    found = scales(groups, module)
    assert set(found) == {name for name, _ in module.named_parameters()}
    for name, scale in found.items():
        (prefix,) = [prefix for prefix in expected if re.match(rf"{re.escape(prefix)}(\.|$)", name)]
        assert scale == expected[prefix], name
    if rules:
        assert [group for group in groups if group.get("weight_decay") == 0.0 and group["params"][0].ndim < 2]
        assert all(("weight_decay" in group) == all(w.ndim < 2 for w in group["params"]) for group in groups)


def test_blocks_are_ordered_by_their_numbers():
    """Also by several, as Swin's stages; a name without the last number belongs to the block before."""

    def stage(depth):
        return nn.ModuleDict({"blocks": nn.ModuleList(nn.Linear(1, 1) for _ in range(depth)), "down": nn.Linear(1, 1)})

    module = nn.ModuleDict({"stem": nn.Linear(1, 1), "layers": nn.ModuleList([stage(2), stage(11)])})
    found = scales(layer_decay(module, 0.5, r"layers\.(\d+)\.(?:blocks\.(\d+)|down)"), module)
    order = [f"layers.0.blocks.{i}" for i in range(2)] + [f"layers.1.blocks.{i}" for i in range(11)]
    assert [found[f"{name}.weight"] for name in order] == [0.5 ** (12 - i) for i in range(13)]
    assert found["stem.bias"] == 0.5**13
    assert (found["layers.0.down.weight"], found["layers.1.down.weight"]) == (0.5**11, 1.0)


def test_a_model_of_blocks_alone_and_one_with_a_tied_head():
    module = nn.ModuleDict({"h": nn.ModuleList(nn.Linear(1, 1) for _ in range(3))})
    assert sorted(set(scales(layer_decay(module, 0.5, r"h\.(\d+)"), module).values())) == [0.25, 0.5, 1.0]
    blocks = nn.ModuleList(nn.Linear(4, 4) for _ in range(2))
    tied = nn.ModuleDict({"wte": nn.Embedding(5, 4), "h": blocks, "lm_head": nn.Linear(4, 5, bias=False)})
    tied["lm_head"].weight = tied["wte"].weight
    assert scales(layer_decay(tied, 0.5, r"h\.(\d+)"), tied)["wte.weight"] == 0.25


def test_frozen_blocks_count():
    module = vit()
    module.blocks[:2].requires_grad_(False)
    found = scales(layer_decay(module, 0.75, r"^blocks\.(\d+)|^norm"), module)
    assert (found["cls_token"], found["blocks.2.norm1.weight"]) == (TIMM["cls_token"], TIMM["blocks.2"])
    assert not [name for name in found if name.startswith(("blocks.0", "blocks.1"))]


# Several optimizers as one.

MATRICES = {lambda name, weights: weights.ndim == 2 and name.startswith("blocks"): {"name": "muon"}}
RATES = {"muon": lr.warmup_cosine(0.02, 4, 20), "adamw": lr.warmup_cosine(3e-4, 4, 20)}


def muon_and_adamw():
    module = model()
    muon, adamw = param_groups(module, MATRICES, default={"name": "adamw"})
    return module, [torch.optim.Muon([muon], lr=7.0), torch.optim.AdamW([adamw], lr=7.0)]


def train(module, optimizer, scheduler, steps):
    torch.manual_seed(scheduler.last_epoch)
    for _ in range(steps):
        x = module["embed"](torch.randint(0, 5, (6,)))
        for block in module["blocks"]:
            x = x + block(x)
        loss = module["head"](x).logsumexp(-1).mean()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        scheduler.step()


@pytest.mark.parametrize("listed", [True, False])
def test_muon_and_adamw_have_rates_of_their_own_in_one_call(listed):
    module, parts = muon_and_adamw()
    scheduler = TorchScheduler(parts if listed else Together(*parts), RATES)
    seen = []
    for part in parts:
        part.register_step_pre_hook(lambda o, a, k: seen.append((type(o).__name__, o.param_groups[0]["lr"])))
    before = {name: weights.detach().clone() for name, weights in module.named_parameters()}
    train(module, scheduler.optimizer, scheduler, 6)
    expected = [(name, RATES[name.lower()](k)) for k in range(6) for name in ("Muon", "AdamW")]
    assert seen == expected
    assert not [name for name, weights in module.named_parameters() if torch.equal(weights, before[name])]
    with pytest.raises(ValueError, match="'adamw' is not named"):
        TorchScheduler(muon_and_adamw()[1], {"muon": 0.1})


def test_several_optimizers_resume_as_one():
    module, parts = muon_and_adamw()
    optimizer = Together(*parts)
    scheduler = TorchScheduler(optimizer, RATES)
    train(module, optimizer, scheduler, 5)
    state = copy.deepcopy((module.state_dict(), optimizer.state_dict(), scheduler.state_dict()))
    assert sorted(state[1]["state"]) == sorted(i for group in state[1]["param_groups"] for i in group["params"])
    train(module, optimizer, scheduler, 5)
    again, parts = muon_and_adamw()
    optimizer = Together(*parts)
    scheduler = TorchScheduler(optimizer, RATES, strict=True)
    for part, saved in zip((again, scheduler, optimizer), (state[0], state[2], state[1]), strict=True):
        part.load_state_dict(saved)
    train(again, optimizer, scheduler, 5)
    assert all(map(torch.equal, module.parameters(), again.parameters()))


def test_several_optimizers_under_a_scaler_and_a_closure():
    weights = [nn.Parameter(torch.ones(2, 2)), nn.Parameter(torch.ones(2))]
    optimizer = Together(*(torch.optim.SGD([each], lr=0.5) for each in weights))
    scaler = torch.amp.GradScaler("cpu", init_scale=4.0)
    scaler.scale(weights[0].sum() + weights[1].sum()).backward()
    scaler.step(optimizer)
    assert [each.flatten()[0].item() for each in weights] == [0.5, 0.5]
    optimizer.zero_grad()
    calls = []

    def closure():
        calls.append(1)
        loss = weights[0].sum() + weights[1].sum()
        loss.backward()
        return loss

    assert optimizer.step(closure) == 3.0
    assert [each.flatten()[0].item() for each in weights] == [0.0, 0.0]
    assert len(calls) == 1


@pytest.mark.slow
def test_several_optimizers_in_lightning():
    import lightning
    from torch.utils.data import DataLoader

    class Module(lightning.LightningModule):
        def __init__(self):
            super().__init__()
            self.blocks, self.head = nn.ModuleList([nn.Linear(4, 4)]), nn.Linear(4, 1)

        def training_step(self, batch, _):
            return self.head(self.blocks[0](batch)).square().mean()

        def configure_optimizers(self):
            muon, adamw = param_groups(self, MATRICES, default={"name": "adamw"})
            parts = [torch.optim.Muon([muon]), torch.optim.AdamW([adamw])]
            self.seen = []
            for part in parts:
                part.register_step_pre_hook(lambda o, a, k: self.seen.append(o.param_groups[0]["lr"]))
            scheduler = TorchScheduler(parts, RATES)
            return [scheduler.optimizer], [{"scheduler": scheduler, "interval": "step"}]

    quiet = {"enable_checkpointing": False, "enable_progress_bar": False, "enable_model_summary": False}
    module = Module()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of Lightning about itself
        trainer = lightning.Trainer(accelerator="cpu", devices=1, max_epochs=2, logger=False, **quiet)
        trainer.fit(module, DataLoader(torch.ones(16, 4), batch_size=4))
    assert module.seen == [RATES[name](k) for k in range(8) for name in ("muon", "adamw")]
