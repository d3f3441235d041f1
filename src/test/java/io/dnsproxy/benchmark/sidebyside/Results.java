package io.dnsproxy.benchmark.sidebyside;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** What was measured, and the medians of it. Ratios are those of one round, one beside the other, and then their median. */
final class Results {

    private final Map<Load, Map<Contestant, Map<Integer, Measurement>>> rounds = new EnumMap<>(Load.class);
    private final Map<Load, Map<Contestant, Double>> calls = new EnumMap<>(Load.class);
    private final Map<Load, Map<Contestant, Double>> segments = new EnumMap<>(Load.class);
    private final Map<Contestant, String> missing = new EnumMap<>(Contestant.class);

    void add(Load load, Contestant contestant, int round, Measurement seen) {
        rounds.computeIfAbsent(load, _ -> new EnumMap<>(Contestant.class))
                .computeIfAbsent(contestant, _ -> new TreeMap<>())
                .put(round, seen);
    }

    /** System calls for each thousand of answered queries. */
    void calls(Load load, Contestant contestant, double perThousand) {
        calls.computeIfAbsent(load, _ -> new EnumMap<>(Contestant.class)).put(contestant, perThousand);
    }

    /** TCP segments with data sent upstream for each thousand of answered queries. */
    void segments(Load load, Contestant contestant, double perThousand) {
        segments.computeIfAbsent(load, _ -> new EnumMap<>(Contestant.class)).put(contestant, perThousand);
    }

    void missing(Contestant contestant, String why) {
        missing.put(contestant, why);
    }

    Map<Contestant, String> missing() {
        return missing;
    }

    List<Load> loads() {
        return List.copyOf(rounds.keySet());
    }

    List<Contestant> contestants(Load load) {
        return List.copyOf(rounds.getOrDefault(load, Map.of()).keySet());
    }

    double median(Load load, Contestant contestant, ToDoubleFunction<Measurement> figure) {
        return median(of(load, contestant).values().stream()
                .mapToDouble(figure)
                .boxed()
                .toList());
    }

    OptionalDouble calls(Load load, Contestant contestant) {
        return counted(calls, load, contestant);
    }

    OptionalDouble segments(Load load, Contestant contestant) {
        return counted(segments, load, contestant);
    }

    private static OptionalDouble counted(Map<Load, Map<Contestant, Double>> counts, Load load, Contestant contestant) {
        Double perThousand = counts.getOrDefault(load, Map.of()).get(contestant);
        return perThousand == null ? OptionalDouble.empty() : OptionalDouble.of(perThousand);
    }

    /** The median of what one took against what the other took in the same round; empty without a round of both. */
    OptionalDouble cpuRatio(Load load, Contestant contestant, Contestant to) {
        List<Double> ratios = new ArrayList<>();
        Map<Integer, Measurement> others = of(load, to);
        of(load, contestant).forEach((round, seen) -> {
            Measurement other = others.get(round);
            if (other != null) {
                ratios.add(seen.cpuMicrosPerQuery() / other.cpuMicrosPerQuery());
            }
        });
        return ratios.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(median(ratios));
    }

    /** The floor in C, or the one in Java where there is no compiler. */
    OptionalDouble toFloor(Load load, Contestant contestant) {
        OptionalDouble inC = cpuRatio(load, contestant, Contestant.FLOOR_C);
        return inC.isPresent() ? inC : cpuRatio(load, contestant, Contestant.FLOOR_JAVA);
    }

    /** Against the peer that took least. */
    OptionalDouble toBestPeer(Load load, Contestant contestant) {
        return contestants(load).stream()
                .filter(Contestant::isPeer)
                .min((a, b) -> Double.compare(
                        median(load, a, Measurement::cpuMicrosPerQuery),
                        median(load, b, Measurement::cpuMicrosPerQuery)))
                .map(best -> cpuRatio(load, contestant, best))
                .orElse(OptionalDouble.empty());
    }

    private Map<Integer, Measurement> of(Load load, Contestant contestant) {
        return rounds.getOrDefault(load, Map.of()).getOrDefault(contestant, Map.of());
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
