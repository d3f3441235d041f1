package io.dnsproxy.app.settings;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Holds {@code docs/configuration.md} against the metadata that the compiler makes of the settings' records. */
class ConfigurationDocumentTests {

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Metadata(List<Property> properties) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Property(String name, @Nullable Object defaultValue) {

        String defaultText() {
            if (defaultValue == null || defaultValue.equals(List.of())) {
                return "none";
            }
            return defaultValue.toString().replaceAll("^\\[|]$", ""); // of a list
        }
    }

    @Test
    void everySettingIsDocumentedWithItsDefault() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("docs/configuration.md"));

        assertThat(properties()).isNotEmpty().allSatisfy(property -> {
            String row = "| `" + property.name() + "` | ";
            String value = property.defaultText().equals("none") ? "none" : "`" + property.defaultText() + "`";
            assertThat(lines).as(property.name()).anyMatch(line -> line.startsWith(row + value + " |"));
        });
    }

    @Test
    void noSettingIsDocumentedThatDoesNotExist() throws IOException {
        List<String> known = properties().stream().map(Property::name).toList();

        assertThat(Files.readAllLines(Path.of("docs/configuration.md")))
                .filteredOn(line -> line.startsWith("| `dnsproxy."))
                .allMatch(line -> known.contains(line.split("`", 3)[1]));
    }

    private static List<Property> properties() throws IOException {
        try (InputStream json = Objects.requireNonNull(
                ConfigurationDocumentTests.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json"))) {
            List<Property> all =
                    JsonMapper.builder().build().readValue(json, Metadata.class).properties();
            return all.stream()
                    .filter(property -> property.name().startsWith("dnsproxy."))
                    .toList(); // not what Boot adds for an endpoint
        }
    }
}
