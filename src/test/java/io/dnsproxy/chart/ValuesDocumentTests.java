package io.dnsproxy.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Holds the chart's README and schema against its values. */
class ValuesDocumentTests {

    /** Set to anything, it has the README written instead of compared. */
    private static final String WRITE = "chart.readme";

    private static final Path README = Chart.FOLDER.resolve("README.md");
    private static final Pattern TABLE = Pattern.compile("(<!-- values -->\\n).*?(<!-- /values -->)", Pattern.DOTALL);
    private static final Pattern KEY = Pattern.compile("( *)([A-Za-z][A-Za-z0-9]*):( .*)?");

    /**
     * One value.
     *
     * @param path its keys, with dots between
     * @param description of its comment; empty where its name says all
     */
    private record Value(String path, Object value, String description) {

        String row() {
            return "| `" + path + "` | `" + JsonMapper.builder().build().writeValueAsString(value) + "` | "
                    + description + " |\n";
        }
    }

    @Test
    void theReadmeDescribesEveryValue() throws IOException {
        StringBuilder table = new StringBuilder("| value | default | |\n|---|---|---|\n");
        values().forEach(value -> table.append(value.row()));
        String readme = Files.readString(README);
        String right = TABLE.matcher(readme).replaceAll("$1" + Matcher.quoteReplacement(table.toString()) + "$2");

        if (System.getProperty(WRITE) != null) {
            Files.writeString(README, right);
        }
        assertThat(Files.readString(README))
                .as("to write it anew: ./mvnw test -Dtest=ValuesDocumentTests -D" + WRITE + "=write")
                .isEqualTo(right);
    }

    @Test
    void theSchemaKnowsEveryValueAndNoOther() {
        JsonNode schema = JsonMapper.builder().build().readTree(Chart.text("values.schema.json"));

        compare(Chart.yaml(Chart.text("values.yaml")).getFirst(), schema, "");
    }

    private static void compare(Map<String, Object> values, JsonNode schema, String path) {
        if (!schema.has("additionalProperties")) {
            return; // of a form that is not ours: Kubernetes', or that of the settings
        }
        JsonNode properties = schema.get("properties");
        if (properties == null) {
            return; // any keys
        }
        List<String> known = new ArrayList<>(properties.propertyNames());
        known.remove("global"); // Helm's own
        assertThat(known).as("schema of '" + path + "'").containsExactlyInAnyOrderElementsOf(values.keySet());
        assertThat(schema.get("additionalProperties").asBoolean(true)).as(path).isFalse();
        values.forEach((key, value) -> {
            if (value instanceof Map<?, ?>) {
                compare(Manifests.map(value), properties.get(key), path + "." + key);
            }
        });
    }

    /** Each leaf of values.yaml, and each inner value that has a description. */
    private static List<Value> values() {
        Map<String, Object> all = Chart.yaml(Chart.text("values.yaml")).getFirst();
        List<Value> values = new ArrayList<>();
        List<String> keys = new ArrayList<>();
        StringBuilder description = new StringBuilder();
        int within = Integer.MAX_VALUE; // the indentation of a value that is one row as a whole
        for (String line : Chart.text("values.yaml").lines().toList()) {
            String text = line.strip();
            if (text.startsWith("# -- ")) {
                description.setLength(0);
                description.append(text.substring("# -- ".length()));
            } else if (text.startsWith("#")) {
                if (!description.isEmpty()) {
                    description.append(' ').append(text.substring(1).strip());
                }
            } else {
                Matcher key = KEY.matcher(line);
                if (!key.matches()) {
                    continue;
                }
                int indentation = key.group(1).length();
                if (indentation > within) {
                    continue;
                }
                within = Integer.MAX_VALUE;
                while (keys.size() > indentation / 2) {
                    keys.removeLast();
                }
                keys.add(key.group(2));
                String path = String.join(".", keys);
                Object value = Manifests.at(all, path);
                boolean isInner = value instanceof Map<?, ?> map && !map.isEmpty();
                if (!isInner || !description.isEmpty()) {
                    values.add(new Value(path, value, description.toString()));
                    within = isInner || value instanceof List ? indentation : Integer.MAX_VALUE;
                }
                description.setLength(0);
            }
        }
        return values;
    }
}
