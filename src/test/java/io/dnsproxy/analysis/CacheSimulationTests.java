package io.dnsproxy.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dnsproxy.analysis.Setup.Levels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class CacheSimulationTests {

    private static final Path DOCS = Path.of("docs");

    private static final Setup SMALL =
            Setup.services().queries(60).lasting(Duration.ofMinutes(2), Duration.ofMinutes(2));

    @Test
    void theSameSeedGivesTheSameResult() {
        Setup both = SMALL.levels(Levels.LOCAL_AND_REDIS);

        assertThat(Run.of(both)).usingRecursiveComparison().isEqualTo(Run.of(both));
    }

    @Test
    void anotherSeedGivesOtherQueries() {
        assertThat(Run.of(SMALL.seed(1)).upstreamQueries())
                .isNotEqualTo(Run.of(SMALL.seed(2)).upstreamQueries());
    }

    @Test
    void withoutACacheNothingIsAnsweredAtOnceAndEveryQueryGoesUpstreamOrWaitsForOneThatDoes() {
        Outcome none = Run.of(SMALL.levels(Levels.NONE));

        assertThat(none.localHits()).isZero();
        assertThat(none.upstreamQueries() + none.coalesced()).isEqualTo(none.queries());
        assertThat(none.latency().quantileMillis(0.5)).isEqualTo(30.05);
    }

    @Test
    void moreQueriesMakeALocalCacheBetter() {
        assertThat(Run.of(SMALL.queries(120)).localHitPercent())
                .isGreaterThan(Run.of(SMALL.queries(12)).localHitPercent());
    }

    @Test
    void moreInstancesMakeALocalCacheWorse() {
        assertThat(Run.of(SMALL.instances(10)).localHitPercent())
                .isLessThan(Run.of(SMALL.instances(1)).localHitPercent());
    }

    @Test
    void redisMakesSeveralInstancesAsGoodAsOne() {
        double alone = Run.of(SMALL.instances(1)).savedPercent();
        double apart = Run.of(SMALL.instances(10)).savedPercent();
        double together =
                Run.of(SMALL.instances(10).levels(Levels.LOCAL_AND_REDIS)).savedPercent();

        assertThat(apart).isLessThan(alone - 5);
        assertThat(together).isCloseTo(alone, within(2.0));
    }

    @Test
    void redisAddsNothingToOneInstance() {
        Setup one = SMALL.instances(1).settings(SMALL.settings.withoutPrefetch());

        assertThat(Run.of(one.levels(Levels.LOCAL_AND_REDIS)).upstreamQueries())
                .isEqualTo(Run.of(one).upstreamQueries());
    }

    @Test
    void whileRedisIsAwayOnlyAFewQueriesWaitForIt() {
        Outcome outage =
                Run.of(SMALL.levels(Levels.LOCAL_AND_REDIS).redisDown(Duration.ofMinutes(2), Duration.ofMinutes(3)));

        assertThat(outage.redisTimeouts()).isBetween(3L, 40L);
    }

    @Test
    void everyPictureOfTheDocumentExistsAndEveryPartIsFilled() throws IOException {
        String document = Files.readString(DOCS.resolve("cache-analysis.md"));
        List<String> pictures = Pattern.compile("!\\[[^\\]]+]\\(([^)]+)\\)")
                .matcher(document)
                .results()
                .map(picture -> picture.group(1))
                .toList();
        Matcher empty = Pattern.compile("<!-- run: [a-z0-9-]+ --><!-- /run -->").matcher(document);

        assertThat(pictures)
                .isNotEmpty()
                .allSatisfy(picture -> assertThat(DOCS.resolve(picture)).isNotEmptyFile());
        assertThat(empty.results().map(part -> part.group())).isEmpty();
    }
}
