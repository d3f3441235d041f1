package io.dnsproxy;

import static com.tngtech.archunit.base.DescribedPredicate.and;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import io.dnsproxy.app.DnsproxyConfiguration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Keeps the one rule of the layout: a package imports only packages listed below it. */
class ArchitectureTests {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.dnsproxy");

    /** Each package, in the order in which a query meets them, with the packages of ours that it may import. */
    private static final List<Room> ROOMS = List.of(
            new Room("listener", List.of("datagram", "eventloop", "resolver", "resolver.cache", "upstream", "wire")),
            new Room("datagram", List.of()),
            new Room("resolver", List.of("resolver.cache", "resolver.local", "upstream", "wire")),
            new Room("resolver.cache", List.of("wire")),
            new Room("resolver.cache.redis", List.of("resolver.cache", "wire")),
            new Room("resolver.local", List.of("wire")),
            new Room("upstream", List.of("eventloop", "wire")),
            new Room("eventloop", List.of()),
            new Room("wire", List.of()));

    private record Room(String name, List<String> mayImport) {

        ArchRule rule() {
            String[] allowed = Stream.concat(Stream.of(name), mayImport.stream())
                    .map("io.dnsproxy."::concat)
                    .toArray(String[]::new);
            return noClasses()
                    .that()
                    .resideInAPackage("io.dnsproxy." + name)
                    .should()
                    .dependOnClassesThat(and(resideInAPackage("io.dnsproxy.."), not(resideInAnyPackage(allowed))))
                    .because("a package imports only packages listed below it");
        }
    }

    @Test
    void aPackageImportsOnlyPackagesBelowIt() {
        CompositeArchRule.of(ROOMS.stream().map(Room::rule).toList()).check(CLASSES);
    }

    @Test
    void everyPackageIsARoomOrTheApplication() {
        classes()
                .should()
                .resideInAnyPackage(Stream.concat(
                                Stream.of("io.dnsproxy", "io.dnsproxy.app.."),
                                ROOMS.stream().map(Room::name).map("io.dnsproxy."::concat))
                        .toArray(String[]::new))
                .because("a package that no rule names could import anything")
                .check(CLASSES);
        assertThat(ROOMS)
                .extracting(Room::name)
                .containsAll(ROOMS.stream()
                        .flatMap(room -> room.mayImport().stream())
                        .toList());
    }

    @Test
    void packagesAreFreeOfCycles() {
        slices().matching("io.dnsproxy.(*)..")
                .should()
                .beFreeOfCycles()
                .because("the tree reads from top to bottom")
                .check(CLASSES);
    }

    @Test
    void onlyAppKnowsSpringAndMicrometer() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.dnsproxy", "io.dnsproxy.app..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.springframework..", "io.micrometer..")
                .because("the way of a query has no framework in it")
                .check(CLASSES);
    }

    @Test
    void everyConfigurationIsNamedByTheOneThatNamesAll() {
        Import named = DnsproxyConfiguration.class.getAnnotation(Import.class);

        assertThat(named).isNotNull();
        assertThat(CLASSES.stream()
                        .filter(each -> each.isAnnotatedWith(Configuration.class))
                        .map(JavaClass::getName))
                .as("nobody looks for them")
                .isSubsetOf(Stream.concat(Stream.of(DnsproxyConfiguration.class), Stream.of(named.value()))
                        .map(Class::getName)
                        .toList());
    }

    @Test
    void nettyStandsAtTheTwoEdgesOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.dnsproxy.listener", "io.dnsproxy.upstream", "io.dnsproxy.eventloop", "io.dnsproxy.app..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty..")
                .because("what decides is plain Java")
                .check(CLASSES);
    }

    @Test
    void onlyOneRoomKnowsRedis() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.dnsproxy.resolver.cache.redis", "io.dnsproxy.app..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.lettuce..")
                .because("the shared cache is one of several that there could be")
                .check(CLASSES);
    }

    @Test
    void noClassHidesBehindAVagueName() {
        classes()
                .should()
                .haveNameNotMatching(".*(Util|Utils|Manager|Impl|Helper|Abstract\\w*)")
                .because("a class has one reason to exist, and its name is that reason")
                .check(CLASSES);
    }
}
