package io.dnsproxy.resilience;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Whoever sets the machine's clock changes nothing for clients, since nothing that decides reads it. */
class TimeOfDayTests {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.dnsproxy");

    /** Since when an upstream is as it is, when its key was seen, when a query came. */
    private static final String TOLD_TO_PEOPLE = "UpstreamHealth|PlainHealth|Dialer\\$Attempt|QueryLog";

    @Test
    void nothingOnTheWayOfAQueryReadsTheTimeOfDay() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.dnsproxy.listener..",
                        "io.dnsproxy.datagram..",
                        "io.dnsproxy.resolver..",
                        "io.dnsproxy.upstream..",
                        "io.dnsproxy.wire..")
                .and()
                .haveNameNotMatching(".*\\.(" + TOLD_TO_PEOPLE + ")")
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Clock.class)
                .because("the time of day jumps, forwards and backwards")
                .check(CLASSES);
    }
}
