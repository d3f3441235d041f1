package io.dnsproxy.analysis;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What the command line of a program says, in words like {@code rounds=3}. Each replaces a default, or an earlier one. */
public final class CommandLine {

    /** As a value: no document gets the figures. */
    public static final String NONE = "none";

    private final Map<String, String> values;
    private final Set<String> said;

    private CommandLine(Map<String, String> values, Set<String> said) {
        this.values = values;
        this.said = said;
    }

    /**
     * Takes the words apart.
     *
     * @param defaults all that can be said, each with its default
     * @throws IllegalArgumentException if a word says anything else
     */
    public static CommandLine parse(Map<String, String> defaults, String... words) {
        Map<String, String> values = new HashMap<>(defaults);
        Set<String> said = new HashSet<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("not like name=value: " + word);
            }
            String name = word.substring(0, equals);
            if (values.replace(name, word.substring(equals + 1)) == null) {
                throw new IllegalArgumentException("unknown: " + word);
            }
            said.add(name);
        }
        return new CommandLine(values, said);
    }

    /** Whether a word says this, even if it says the default. */
    public boolean says(String name) {
        return said.contains(name);
    }

    /** The value as it is. */
    public String text(String name) {
        return Objects.requireNonNull(values.get(name), name);
    }

    /** A file or a folder. */
    public Path path(String name) {
        return Path.of(text(name));
    }

    /** The parts of a value between separators, none of them empty. */
    public List<String> list(String name, String separator) {
        return Arrays.stream(text(name).split(separator, -1))
                .filter(part -> !part.isEmpty())
                .toList();
    }

    /**
     * A whole number, as large as it likes.
     *
     * @throws IllegalArgumentException if it is none
     */
    public long number(String name) {
        try {
            return Long.parseLong(text(name));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + '=' + text(name) + " is no whole number", e);
        }
    }

    /**
     * A whole number within bounds, both included.
     *
     * @throws IllegalArgumentException if it is none
     */
    public int number(String name, int min, int max) {
        long number = number(name);
        if (number < min || number > max) {
            throw new IllegalArgumentException(name + '=' + number + " is not from " + min + " to " + max);
        }
        return (int) number;
    }

    /**
     * Those that a list with commas names, in a set of the caller's; all of them if it is empty.
     *
     * @param word how one is written, in either case
     * @throws IllegalArgumentException if nothing is called so
     */
    public <E extends Enum<E>> Set<E> chosen(String name, Class<E> type, Function<E, String> word) {
        Set<E> chosen = EnumSet.noneOf(type);
        for (String wanted : list(name, ",")) {
            chosen.add(Arrays.stream(type.getEnumConstants())
                    .filter(one -> word.apply(one).equalsIgnoreCase(wanted))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(name + '=' + wanted + " is none of "
                            + Arrays.stream(type.getEnumConstants()).map(word).collect(Collectors.joining(", ")))));
        }
        return chosen.isEmpty() ? EnumSet.allOf(type) : chosen;
    }
}
