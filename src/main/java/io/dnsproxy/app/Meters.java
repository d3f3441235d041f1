package io.dnsproxy.app;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Registers meters that all have these tags. */
record Meters(MeterRegistry registry, Tags tags) {

    private static final Duration[] LATENCY_BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofMillis(2),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(20),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(200),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        Duration.ofSeconds(4)
    };

    /** The value of a tag for one of a fixed set. */
    static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    Meters with(String key, String value) {
        return new Meters(registry, tags.and(key, value));
    }

    <T> void counter(String name, String description, T bound, ToDoubleFunction<T> value) {
        FunctionCounter.builder(name, bound, value)
                .description(description)
                .tags(tags)
                .register(registry);
    }

    <T> void gauge(String name, String description, T bound, ToDoubleFunction<T> value) {
        Gauge.builder(name, bound, value).description(description).tags(tags).register(registry);
    }

    Timer timer(String name, String description) {
        return Timer.builder(name)
                .description(description)
                .tags(tags)
                .serviceLevelObjectives(LATENCY_BUCKETS)
                .register(registry);
    }
}
