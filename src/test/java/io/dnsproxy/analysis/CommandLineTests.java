package io.dnsproxy.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.DayOfWeek;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTests {

    private static final Map<String, String> DEFAULTS =
            Map.of("rounds", "3", "days", "", "jvm", "-Xmx256m", "jar", "target/a.jar");

    private static CommandLine parse(String... words) {
        return CommandLine.parse(DEFAULTS, words);
    }

    @Test
    void whatNoWordSaysIsTheDefault() {
        CommandLine said = parse();

        assertThat(said.number("rounds", 1, 20)).isEqualTo(3);
        assertThat(said.chosen("days", DayOfWeek.class, DayOfWeek::name)).containsExactly(DayOfWeek.values());
        assertThat(said.path("jar")).isEqualTo(Path.of("target", "a.jar"));
        assertThat(said.says("rounds")).isFalse();
    }

    @Test
    void theLastWordCounts() {
        CommandLine said = parse("rounds=4", "rounds=5", "days=friday,monday", "jvm=-Da=b  -Xmx1g", "jar=b.jar");

        assertThat(said.number("rounds", 5, 5)).isEqualTo(5);
        assertThat(said.chosen("days", DayOfWeek.class, DayOfWeek::name))
                .containsExactly(DayOfWeek.MONDAY, DayOfWeek.FRIDAY);
        assertThat(said.text("jvm")).isEqualTo("-Da=b  -Xmx1g");
        assertThat(said.list("jvm", " ")).containsExactly("-Da=b", "-Xmx1g");
        assertThat(said.path("jar")).isEqualTo(Path.of("b.jar"));
    }

    @Test
    void aWordThatSaysTheDefaultIsSaid() {
        assertThat(parse("rounds=3").says("rounds")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rounds", "", "=3", "laps=3", "Rounds=3"})
    void refusesWordsThatSayNothing(String word) {
        assertThatThrownBy(() -> parse(word))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith(": " + word);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rounds=1", "rounds=6", "rounds=99999999999", "rounds=-3"})
    void refusesNumbersBeyondTheBounds(String word) {
        CommandLine said = parse(word);

        assertThatThrownBy(() -> said.number("rounds", 2, 5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(word + " is not from 2 to 5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rounds=", "rounds=3s", "rounds=2.5"})
    void refusesWhatIsNoNumber(String word) {
        CommandLine said = parse(word);

        assertThatThrownBy(() -> said.number("rounds"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(word + " is no whole number");
    }

    @Test
    void refusesWhatThereIsNot() {
        CommandLine said = parse("days=monday,someday");

        assertThatThrownBy(() -> said.chosen("days", DayOfWeek.class, DayOfWeek::name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("days=someday is none of MONDAY, TUESDAY");
    }
}
