package io.dnsproxy.analysis;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Runs every study and writes what it finds into {@code docs/cache-analysis.md} and {@code docs/images/cache-*.svg}. Takes
 * some two minutes; the same seed gives the same files.
 */
public final class CacheSimulation {

    private CacheSimulation() {}

    /**
     * Runs it.
     *
     * @param arguments none, or the directory of the documents
     */
    public static void main(String... arguments) throws IOException {
        Report report = new Report();
        try (Laboratory laboratory = new Laboratory()) {
            ReplicaStudy replicas = new ReplicaStudy(laboratory);
            RateStudy rates = new RateStudy(laboratory);
            LatencyStudy latency = new LatencyStudy(laboratory);
            RestartStudy restarts = new RestartStudy(laboratory);
            SettingsStudy settings = new SettingsStudy(laboratory);
            SensitivityStudy sensitivity = new SensitivityStudy(laboratory);
            replicas.report(report);
            rates.report(report);
            latency.report(report);
            restarts.report(report);
            settings.report(report);
            sensitivity.report(report);
        }
        report.write(Path.of(arguments.length == 0 ? "docs" : arguments[0]));
    }
}
