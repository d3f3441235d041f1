package io.dnsproxy.app;

import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import io.dnsproxy.app.settings.DnsproxyProperties;
import io.dnsproxy.listener.QueryLog;
import io.dnsproxy.upstream.DotUpstreamPool;
import io.dnsproxy.upstream.Upstream;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Who asked what, where it is switched on: a line of JSON for each response, on the logger {@code dnsproxy.queries}. Its lines go to
 * standard output as they are, whatever the other log looks like; a logging configuration that gives the logger an appender of its
 * own has its way.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty("dnsproxy.query-log.enabled")
class QueryLogConfiguration {

    private static final String LOGGER = "dnsproxy.queries";

    @Bean
    QueryLog queryLog(DnsproxyProperties settings, DotUpstreamPool pool, RoutedUpstreams routed) {
        DnsproxyProperties.QueryLog log = settings.queryLog();
        List<String> upstreams = Stream.of(pool.upstreams(), routed.dotUpstreams(), routed.plainUpstreams())
                .flatMap(List::stream)
                .map(Upstream::name)
                .toList();
        QueryLines lines = new QueryLines(log.client(), upstreams);
        Logger logger = LoggerFactory.getLogger(LOGGER);
        printAlone(logger);
        return new QueryLog(log.maxWaiting(), log.client(), entry -> logger.info(lines.lineOf(entry)));
    }

    @Bean
    MeterBinder queryLogMetrics(QueryLog log) {
        return registry -> {
            Meters meters = new Meters(registry, Tags.empty());
            meters.counter("dnsproxy.query.log.written", "Lines of the query log", log, QueryLog::written);
            meters.counter(
                    "dnsproxy.query.log.dropped",
                    "Lines of the query log that were not written, because too many waited",
                    log,
                    QueryLog::dropped);
            meters.gauge("dnsproxy.query.log.waiting", "Lines that wait to be written now", log, QueryLog::waiting);
        };
    }

    private static void printAlone(Logger logger) {
        if (!(logger instanceof ch.qos.logback.classic.Logger logback)
                || logback.iteratorForAppenders().hasNext()) {
            return;
        }
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(logback.getLoggerContext());
        encoder.setPattern("%msg%n");
        encoder.start();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(logback.getLoggerContext());
        console.setEncoder(encoder);
        console.start();
        logback.addAppender(console);
        logback.setAdditive(false);
    }
}
