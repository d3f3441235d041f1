package io.dnsproxy.resilience;

import io.dnsproxy.resilience.Outcome.Figures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What was seen of each fault, load and proxy, in this run or an earlier one. One thread. */
final class Results {

    private final Map<Key, Trial.Result> seen = new TreeMap<>();

    private record Key(Load load, Fault fault, Proxy proxy) implements Comparable<Key> {

        @Override
        public int compareTo(Key other) {
            int byLoad = load.compareTo(other.load);
            int byFault = fault.compareTo(other.fault);
            int byProxy = proxy.compareTo(other.proxy);
            return byLoad != 0 ? byLoad : byFault != 0 ? byFault : byProxy;
        }
    }

    void add(Fault fault, Load load, Proxy proxy, Trial.Result result) {
        seen.put(new Key(load, fault, proxy), result);
    }

    Trial.@Nullable Result of(Fault fault, Load load, Proxy proxy) {
        return seen.get(new Key(load, fault, proxy));
    }

    /** What an earlier run has kept; nothing if there is no such file. */
    static Results readFrom(Path file) throws IOException {
        Results results = new Results();
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                results.read(line.split("\t", -1));
            }
        }
        return results;
    }

    /** Writes all, a line each. */
    void keep(Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        seen.forEach((key, result) -> lines.add(line(key, result)));
        Files.write(file, lines);
    }

    private static String line(Key key, Trial.Result result) {
        Figures figures = result.figures();
        List<Object> cells = List.of(
                key.load,
                key.fault,
                key.proxy,
                figures.sent(),
                figures.right(),
                figures.failed(),
                figures.wrong(),
                figures.lost(),
                figures.p50Millis(),
                figures.p99Millis(),
                figures.worstMillis(),
                figures.recoveryMillis(),
                result.dials(),
                result.fullHandshakes());
        return String.join("\t", cells.stream().map(Object::toString).toList());
    }

    private void read(String[] cells) {
        Figures figures = new Figures(
                Integer.parseInt(cells[3]),
                Integer.parseInt(cells[4]),
                Integer.parseInt(cells[5]),
                Integer.parseInt(cells[6]),
                Integer.parseInt(cells[7]),
                Double.parseDouble(cells[8]),
                Double.parseDouble(cells[9]),
                Double.parseDouble(cells[10]),
                Long.parseLong(cells[11]));
        add(
                Fault.valueOf(cells[1]),
                Load.valueOf(cells[0]),
                Proxy.valueOf(cells[2]),
                new Trial.Result(figures, Long.parseLong(cells[12]), Integer.parseInt(cells[13])));
    }
}
