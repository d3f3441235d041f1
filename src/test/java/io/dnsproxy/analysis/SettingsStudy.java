package io.dnsproxy.analysis;

import io.dnsproxy.analysis.Setup.Levels;
import io.dnsproxy.resolver.cache.CacheSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** What settings of the local cache do, with Redis and without it. */
final class SettingsStudy {

    private final List<Case> cases = new ArrayList<>();

    SettingsStudy(Laboratory laboratory) {
        for (Workload workload : Workload.values()) {
            CacheSettings settings = workload.setup().settings;
            add(laboratory, workload, "defaults", settings);
            add(laboratory, workload, "prefetch off", settings.withoutPrefetch());
            add(laboratory, workload, "min-ttl 30 s", withMinTtl(settings, 30));
            add(laboratory, workload, "min-ttl 60 s", withMinTtl(settings, 60));
            add(laboratory, workload, "min-ttl 300 s", withMinTtl(settings, 300));
        }
    }

    private void add(Laboratory laboratory, Workload workload, String text, CacheSettings settings) {
        Setup setup = workload.setup().settings(settings);
        cases.add(
                new Case(workload, text, laboratory.run(setup), laboratory.run(setup.levels(Levels.LOCAL_AND_REDIS))));
    }

    private static CacheSettings withMinTtl(CacheSettings settings, int seconds) {
        return new CacheSettings(
                settings.maxOctets(),
                seconds,
                settings.maxTtlSeconds(),
                settings.maxNegativeTtlSeconds(),
                settings.staleSeconds(),
                settings.prefetchHits(),
                settings.prefetchPercent());
    }

    void report(Report report) {
        Table table = new Table(
                2,
                "clients",
                "setting",
                "at once, local",
                "spared, local",
                "at once, local + Redis",
                "spared, local + Redis",
                "mean wait, local",
                "mean wait, local + Redis");
        for (Case each : cases) {
            Outcome local = each.local.get();
            Outcome both = each.both.get();
            table.row(
                    each.workload.text,
                    each.text,
                    Report.percent(local.localHitPercent()),
                    Report.percent(local.savedPercent()),
                    Report.percent(both.localHitPercent()),
                    Report.percent(both.savedPercent()),
                    Report.millis(local.latency().meanMillis()),
                    Report.millis(both.latency().meanMillis()));
        }
        report.table("settings", table);
    }

    private record Case(Workload workload, String text, Supplier<Outcome> local, Supplier<Outcome> both) {}
}
