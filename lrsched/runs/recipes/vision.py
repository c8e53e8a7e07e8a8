"""Image classifiers: published runs that are counted in epochs, or in updates, and turned into updates."""

from ...combinators.join import join
from ...combinators.phases import warmup
from ...core.parameters import Multiple, Period, Steps, Value
from ...core.schedule import Schedule
from ..cycles import cyclic, sgdr
from ..piecewise import piecewise_constant, piecewise_interpolate
from ..warmups import warmup_cosine, warmup_linear
from .registry import Count, Epochs, recipe, updates

__all__ = ["clr", "clr_triangular2", "resnet50_1h", "sgdr_wrn", "super_convergence", "vit", "vit_imagenet"]


@recipe
def vit(
    *,
    peak_value: Value = 1e-3,
    warmup_steps: Steps = 10_000,
    epochs: Epochs = 90,
    dataset_size: Count = 14_000_000,
    batch_size: Count = 4_096,
    end_value: Value = 1e-5,
) -> Schedule:
    """ViT-B's pretraining on ImageNet-21k: 10,000 updates of warmup, then a straight line over 90 epochs.

    Args:
        peak_value: the peak (a rate).
        warmup_steps: the length of the warmup (steps), 0 or more.
        epochs: the length of the whole (epochs).
        dataset_size: the images of an epoch, "14M" in the paper.
        batch_size: the images of an update.
        end_value: the value at the end and after (a rate), which the paper does not tell and the code does.

    Epochs become the nearest number of updates. On JFT-300M (303M images) the paper trains B for 7 epochs from 8e-4, L
    for 7 from 6e-4 (patches of 32) or 7 and 14 from 4e-4 (of 16), and H for 14 from 3e-4. Cosine, which is often said
    of ViT, is for the runs of `vit_imagenet` and for fine-tuning.

    Source: Dosovitskiy et al. 2021, ViT, arXiv:2010.11929, table 3 (the run), section 4.1 (the images);
    google-research/vision_transformer, `vit_jax/utils.py` (`linear_end`).

    >>> vit()
    warmup_linear(0.001, 10000, 307617, end_value=1e-05)
    """
    return warmup_linear(peak_value, warmup_steps, updates(dataset_size, batch_size, epochs), end_value=end_value)


@recipe
def vit_imagenet(
    *,
    peak_value: Value = 3e-3,
    warmup_steps: Steps = 10_000,
    epochs: Epochs = 300,
    dataset_size: Count = 1_300_000,
    batch_size: Count = 4_096,
) -> Schedule:
    """ViT's training on ImageNet alone: 10,000 updates of warmup, then a cosine to 0 over 300 epochs.

    Args:
        peak_value: the peak (a rate).
        warmup_steps: the length of the warmup (steps), 0 or more.
        epochs: the length of the whole (epochs).
        dataset_size: the images of an epoch, "1.3M" in the paper; the training set has 1,281,167.
        batch_size: the images of an update.

    Epochs become the nearest number of updates. From the end on the schedule holds 0.

    Source: Dosovitskiy et al. 2021, ViT, arXiv:2010.11929, table 3 (the run), section 4.1 (the images);
    google-research/vision_transformer, `vit_jax/utils.py` (the cosine ends at 0).

    >>> vit_imagenet()
    warmup_cosine(0.003, 10000, 95215)
    """
    return warmup_cosine(peak_value, warmup_steps, updates(dataset_size, batch_size, epochs))


@recipe
def resnet50_1h(
    *,
    batch_size: Count = 8_192,
    base_value: Value = 0.1,
    base_batch_size: Count = 256,
    warmup_epochs: Epochs = 5,
    dataset_size: Count = 1_281_167,
) -> Schedule:
    """ResNet-50 in one hour: 5 epochs of warmup to a rate in proportion to the batch, then a tenth at 30, 60 and 80.

        peak = base_value * batch_size/base_batch_size

    Args:
        batch_size: the images of an update: 8,192 is "8k" in the paper.
        base_value: the rate for `base_batch_size` (a rate), and the first of the warmup, where the batch is larger.
        base_batch_size: the images of an update of the run that is scaled.
        warmup_epochs: the length of the warmup (epochs), below 30.
        dataset_size: the images of an epoch; ImageNet's training set has 1,281,167.

    Epochs become the nearest number of updates, and are counted from the beginning of the run, warmup included. The
    paper trains for 90 epochs.

    Source: Goyal et al. 2017, Accurate, Large Minibatch SGD, arXiv:1706.02677, section 5.1 (rates and drops), section
    2.2 (the gradual warmup, from the base rate).

    >>> s = resnet50_1h()
    >>> s(0), s(782), s.boundaries
    (0.1, 3.2, (782, 4692, 9384, 12511))
    """

    def after(epoch: float) -> int:
        return updates(dataset_size, batch_size, epoch)

    peak = base_value * (batch_size / base_batch_size)
    start = after(warmup_epochs)
    stairs = piecewise_constant([peak / 10**k for k in range(4)], [after(epoch) - start for epoch in (30, 60, 80)])
    return warmup(stairs, start, init_value=base_value * min(1.0, batch_size / base_batch_size))


@recipe
def sgdr_wrn(
    *,
    init_value: Value = 0.05,
    end_value: Value = 0.0,
    period_epochs: Count = 10,
    period_mult: Multiple = 2,
    steps_per_epoch: Count = 781,
) -> Schedule:
    """SGDR on wide residual networks for CIFAR: cosines of 10, 20, 40 ... epochs from 0.05 to 0.

    Args:
        init_value: the value at the beginning of every cycle (a rate).
        end_value: the value that every cycle falls to (a rate).
        period_epochs: the length of the first cycle (epochs): T_0 is 1, 10, 50, 100 or 200 in the paper.
        period_mult: how many times as long each cycle is as the one before (1): T_mult is 2 where
            T_0 is 1 or 10, else 1.
        steps_per_epoch: the updates of an epoch. The released code takes 781: batches of 128 from the 50,000 images and
            their mirror images.

    It has no end; the paper trains for 200 epochs.

    Source: Loshchilov & Hutter 2017, SGDR, arXiv:1608.03983, sections 4.1 and 4.2, table 1; loshchil/SGDR,
    `SGDR_WRNs.py` (scenario 6).

    >>> sgdr_wrn()
    sgdr(0.05, 0.0, 7810, period_mult=2)
    """
    return sgdr(init_value, end_value, period_epochs * steps_per_epoch, period_mult=period_mult)


@recipe
def super_convergence(*, min_value: Value = 0.1, max_value: Value = 3.0, step_size: Period = 5_000) -> Schedule:
    """Super-convergence of ResNet-56 on CIFAR-10: one triangle from 0.1 to 3 and back, in 10,000 updates.

    Args:
        min_value: the value at both ends and after (a rate).
        max_value: the value in the middle (a rate).
        step_size: the length of the rise, and of the fall (steps), 1 or more.

    `one_cycle` has the phase below the first value, which the paper describes and this run does not have.

    Source: Smith & Topin 2019, Super-Convergence, arXiv:1708.07120, figure 1a; lnsmith54/super-convergence, `README.md`
    (the settings of figure 1a, `clrsolver.prototxt`).

    >>> super_convergence()
    piecewise_interpolate([0.1, 3.0, 0.1], [5000, 10000])
    """
    return piecewise_interpolate([min_value, max_value, min_value], [step_size, 2 * step_size])


@recipe
def clr(*, min_value: Value = 1e-3, max_value: Value = 6e-3, step_size: Period = 2_000) -> Schedule:
    """Cyclical learning rates on CIFAR-10, the "triangular" run: between 0.001 and 0.006, 2,000 updates each way.

    Args:
        min_value: the value at step 0 and at the end of every cycle (a rate).
        max_value: the value in the middle of every cycle (a rate).
        step_size: the length of the rise, and of the fall (steps), 1 or more.

    It has no end. Often these numbers are given for the "triangular2" run, which reached 81.4 % in 25,000 updates: that
    one is `clr_triangular2`.

    Source: Smith 2017, Cyclical Learning Rates, arXiv:1506.01186, section 3.1 (the red curve of figure 1).

    >>> clr()
    cyclic(0.001, 0.006, 2000)
    """
    return cyclic(min_value, max_value, step_size)


@recipe
def clr_triangular2(*, min_value: Value = 1e-3, max_value: Value = 5e-3, step_size: Period = 2_000) -> Schedule:
    """Cyclical learning rates on CIFAR-10, the "triangular2" run of 25,000 updates, in three phases.

    The second and the third phase have a tenth and a hundredth of the values, and a half and a quarter of the step
    size: 0.001 to 0.005 until update 16,000, 0.0001 to 0.0005 until 22,000, 0.00001 to 0.00005 until 25,000.

    Args:
        min_value: the value at step 0 and at the end of every cycle of the first phase (a rate).
        max_value: the value in the middle of the very first cycle (a rate).
        step_size: the length of a rise in the first phase (steps); the phases last 4, 3 and 3 cycles.

    It has no end. In each phase the height is halved after every cycle.

    Source: Smith 2017, Cyclical Learning Rates, arXiv:1506.01186, table 2 (section 4.1.1).

    >>> s = clr_triangular2()
    >>> [round(s(t), 9) for t in (0, 2_000, 4_000, 6_000, 16_000, 17_000, 22_500)]
    [0.001, 0.005, 0.001, 0.003, 0.0001, 0.0005, 5e-05]
    """
    phases = [cyclic(min_value / 10**k, max_value / 10**k, step_size / 2**k, mode="triangular2") for k in range(3)]
    return join(phases, [8 * step_size, 11 * step_size])
