// Sums over the past of a run, for many times at once: sum over sources j < count of weight[j]*(now - place[j])**-power.
//
// The sources stand in a binary tree. A node that is far from `now` is summed by an expansion around its middle, a node
// that is near by its children, a leaf that is near term by term. Each time takes about log(n) nodes. The expansions of n
// sources take n*TERMS operations.

const LEAF = 32;
const TERMS = 12;
const ERROR = 2e-11; // of an expansion, as a part of the sum of the absolute terms: 8**-12
const TINY = 1e-18; // this part of a sum is a rounding

/**
 * A tree over sources: their places and weights; where they are known, what the rounding of the places has lost, and how
 * far apart each source and all later times are at least.
 */
class Past {
    constructor(places, weights, power, lost = null, apart = null) {
        Object.assign(this, { places, weights, power, apart, lost: lost ?? new Float64Array(places.length) });
        this.coefficients = new Float64Array(TERMS);
        for (let term = 0, value = 1; term < TERMS; term += 1) {
            this.coefficients[term] = value;
            value *= (power + term) / (term + 1);
        }
        this.far = 8; // a node is far at so many half widths
        while (this.coefficients[TERMS - 1] * this.far ** -TERMS > ERROR) this.far *= 2;
        this.closest = lost ? 0 : 1e-12; // what is closer, as a part of `now`, is lost in the rounding of the places
        this.levels = [];
        if (weights.length && weights.every(Number.isFinite)) this._grow();
    }

    _grow() {
        const count = this.places.length;
        let nodes = nodes_of(Math.ceil(count / LEAF));
        for (let node = 0; node < nodes.middles.length; node += 1) {
            this._fill_leaf(nodes, node, node * LEAF, Math.min((node + 1) * LEAF, count));
        }
        this.levels.push(nodes);
        while (nodes.middles.length > 1) {
            const children = nodes;
            nodes = nodes_of(Math.ceil(children.middles.length / 2));
            for (let node = 0; node < nodes.middles.length; node += 1) fill_parent(nodes, node, children);
            this.levels.push(nodes);
        }
    }

    _fill_leaf(nodes, node, begin, end) {
        const { places, weights, lost } = this;
        const middle = (places[begin] + places[end - 1]) / 2;
        const rest = (places[begin] - middle + (places[end - 1] - middle) + lost[begin] + lost[end - 1]) / 2;
        let [half, least] = [0, this.apart ? Infinity : NaN];
        for (let source = begin; source < end; source += 1) {
            half = Math.max(half, Math.abs(places[source] - middle + (lost[source] - rest)));
            if (this.apart) least = Math.min(least, this.apart[source]);
        }
        nodes.least[node] = least;
        nodes.middles[node] = middle;
        nodes.rests[node] = rest;
        nodes.halves[node] = half;
        const scale = 1 / (half || 1);
        const { moments } = nodes;
        for (let source = begin; source < end; source += 2) { // two at a time, which is faster
            const next = source + 1 < end ? source + 1 : source;
            const offset = (places[source] - middle + (lost[source] - rest)) * scale;
            const other_offset = (places[next] - middle + (lost[next] - rest)) * scale;
            let weight = weights[source];
            let other = next > source ? weights[next] : 0;
            for (let term = node * TERMS; term < (node + 1) * TERMS; term += 1) {
                moments[term] += weight + other;
                weight *= offset;
                other *= other_offset;
            }
        }
    }

    /**
     * The sum over the sources before `count`. `near(source)` is a term of it, for those that are near; `now_lost` is
     * what the rounding of `now` has lost.
     */
    sum(now, count, near, now_lost = 0) {
        let total = 0;
        const direct = (begin, end) => {
            for (let source = begin; source < end; source += 1) total += near(source);
        };
        const visit = (level, node) => {
            const width = LEAF * 2 ** level;
            const begin = node * width;
            if (begin >= count) return;
            const end = Math.min(begin + width, this.places.length);
            const { middles, rests, halves, least, moments } = this.levels[level];
            if (moments[node * TERMS] <= TINY * total * least[node]) return; // all of its terms are a rounding
            const distance = now - middles[node] + (now_lost - rests[node]);
            if (end <= count && distance > this.far * halves[node] && distance > this.closest * now) {
                total += this._expanded(moments, node * TERMS, distance, halves[node]);
            } else if (level === 0) {
                direct(begin, Math.min(end, count));
            } else {
                visit(level - 1, 2 * node);
                visit(level - 1, 2 * node + 1);
            }
        };
        if (this.levels.length) visit(this.levels.length - 1, 0);
        else direct(0, Math.min(count, this.places.length));
        return total;
    }

    _expanded(moments, start, distance, half) {
        const near = half / distance;
        let result = 0;
        for (let term = TERMS - 1; term >= 0; term -= 1) {
            result = result * near + this.coefficients[term] * moments[start + term];
        }
        return result * distance ** -this.power;
    }
}

function nodes_of(count) {
    return {
        middles: new Float64Array(count),
        rests: new Float64Array(count), // what the rounding of the middles has lost
        halves: new Float64Array(count),
        least: new Float64Array(count),
        moments: new Float64Array(count * TERMS),
    };
}

const ROWS = new Float64Array(TERMS);

/** The moments of a node from those of its two children: (apart + ratio*offset)**term, multiplied out. */
function fill_parent(nodes, node, children) {
    const { middles, rests, halves, moments } = children;
    const one = 2 * node;
    const other = Math.min(one + 1, middles.length - 1);
    const middle = (middles[one] + middles[other]) / 2;
    const rest = (middles[one] - middle + (middles[other] - middle) + rests[one] + rests[other]) / 2;
    let half = 0;
    for (let child = one; child <= other; child += 1) {
        half = Math.max(half, Math.abs(middles[child] - middle + (rests[child] - rest)) + halves[child]);
    }
    nodes.middles[node] = middle;
    nodes.rests[node] = rest;
    nodes.halves[node] = half;
    nodes.least[node] = Math.min(children.least[one], children.least[other]);
    for (let child = one; child <= other; child += 1) {
        const apart = (middles[child] - middle + (rests[child] - rest)) / (half || 1);
        const ratio = halves[child] / (half || 1);
        for (let term = 0, scale = 1; term < TERMS; term += 1, scale *= ratio) {
            ROWS[term] = moments[child * TERMS + term] * scale;
        }
        for (let done = 0; done < TERMS; done += 1) {
            nodes.moments[node * TERMS + done] += ROWS[0];
            for (let term = 0; term + 1 < TERMS - done; term += 1) ROWS[term] = ROWS[term] * apart + ROWS[term + 1];
        }
    }
}
