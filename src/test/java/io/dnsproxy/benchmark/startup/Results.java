package io.dnsproxy.benchmark.startup;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** What was seen, in the order of the rounds. */
final class Results {

    private final Map<Way, Map<Program, List<Seen>>> seen = new EnumMap<>(Way.class);

    void add(Way way, Program program, Seen one) {
        of(way, program).add(one);
    }

    double median(Way way, Program program, ToDoubleFunction<Seen> figure) {
        return median(of(way, program).stream().mapToDouble(figure));
    }

    /** The median over the rounds of dnsproxy's figure divided by the empty application's of the same round. */
    double ratio(Way way, ToDoubleFunction<Seen> figure) {
        List<Seen> ours = of(way, Program.DNSPROXY);
        List<Seen> empty = of(way, Program.EMPTY);
        return median(IntStream.range(0, ours.size())
                .mapToDouble(i -> figure.applyAsDouble(ours.get(i)) / figure.applyAsDouble(empty.get(i))));
    }

    private static double median(DoubleStream figures) {
        double[] sorted = figures.sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private List<Seen> of(Way way, Program program) {
        return seen.computeIfAbsent(way, _ -> new EnumMap<>(Program.class))
                .computeIfAbsent(program, _ -> new ArrayList<>());
    }
}
