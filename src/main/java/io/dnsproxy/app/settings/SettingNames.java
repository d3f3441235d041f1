package io.dnsproxy.app.settings;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * Knows which environment variables and properties bind to {@link DnsproxyProperties}, from the components of the record
 * itself: {@code ssl-bundle} binds as {@code SSL_BUNDLE} and as {@code SSLBUNDLE}, elements of lists as {@code SERVERS_0_HOST}.
 */
final class SettingNames {

    private static final String PREFIX = "DNSPROXY";

    private static final Pattern SETTING = pattern(settings(DnsproxyProperties.class, PREFIX));

    private static final Pattern LIST = pattern(lists(DnsproxyProperties.class, PREFIX));

    /** What Kubernetes sets for a Service whose name begins with dnsproxy. */
    private static final Pattern SERVICE_LINK = Pattern.compile(
            PREFIX + "_(.+_)?(SERVICE_(HOST|PORT(_.+)?)|PORT|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");

    private SettingNames() {}

    /** Whether the variable is meant for the proxy, spelled well or not. */
    static boolean isOurs(String variable) {
        return variable.startsWith(PREFIX + "_");
    }

    static boolean isSetting(String variable) {
        return SETTING.matcher(variable).matches();
    }

    /** Whether the property is one of the record's, as an element of a list too. */
    static boolean isSetting(ConfigurationPropertyName property) {
        return isSetting(property.toString()
                .toUpperCase(Locale.ROOT)
                .replace("-", "")
                .replace("]", "")
                .replaceAll("[.\\[]", "_"));
    }

    /** Whether it is a whole list, in the form with commas. */
    static boolean isList(String variable) {
        return LIST.matcher(variable).matches();
    }

    static boolean isServiceLink(String variable) {
        return SERVICE_LINK.matcher(variable).matches();
    }

    private static Pattern pattern(Stream<String> alternatives) {
        return Pattern.compile(alternatives.collect(Collectors.joining("|")));
    }

    private static Stream<String> settings(Class<?> type, String path) {
        return Stream.of(type.getRecordComponents())
                .flatMap(component -> settings(component.getGenericType(), path + "_" + element(component)));
    }

    private static Stream<String> settings(Type type, String path) {
        if (type instanceof ParameterizedType list) {
            String element = path + "_[0-9]+";
            // A server may be written as one text.
            return Stream.concat(Stream.of(path, element), settings(list.getActualTypeArguments()[0], element));
        }
        boolean isGroup = type instanceof Class<?> group && group.isRecord();
        return isGroup ? settings((Class<?>) type, path) : Stream.of(path);
    }

    private static Stream<String> lists(Class<?> type, String path) {
        return Stream.of(type.getRecordComponents()).flatMap(component -> {
            String name = path + "_" + element(component);
            if (component.getType() == List.class) {
                return Stream.of(name);
            }
            return component.getType().isRecord() ? lists(component.getType(), name) : Stream.empty();
        });
    }

    /** {@code sslBundle} becomes {@code SSL_?BUNDLE}. */
    private static String element(RecordComponent component) {
        return component.getName().replaceAll("([A-Z])", "_?$1").toUpperCase(Locale.ROOT);
    }
}
