package io.dnsproxy.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The objects that the chart makes, as plain maps and lists.
 *
 * @param objects in the order in which Helm installs them
 */
record Manifests(List<Map<String, Object>> objects) {

    static Manifests parse(String text) {
        return new Manifests(Chart.yaml(text));
    }

    List<Map<String, Object>> all(String kind) {
        return objects.stream()
                .filter(object -> kind.equals(object.get("kind")))
                .toList();
    }

    /** The only one of its kind. */
    Map<String, Object> the(String kind) {
        List<Map<String, Object>> found = all(kind);
        if (found.size() != 1) {
            throw new AssertionError(kind + ": there are " + found.size());
        }
        return found.getFirst();
    }

    /** The one with this name. */
    Map<String, Object> the(String kind, String name) {
        return all(kind).stream()
                .filter(object -> name.equals(at(object, "metadata.name")))
                .findFirst()
                .orElseThrow(() -> new AssertionError(kind + " " + name + ": there is none"));
    }

    /** The pods of the Deployment or the DaemonSet. */
    Map<String, Object> podTemplate() {
        Map<String, Object> workload = all("Deployment").isEmpty() ? the("DaemonSet") : the("Deployment");
        return map(at(workload, "spec.template"));
    }

    /** The container that answers. */
    Map<String, Object> container() {
        return map(list(at(podTemplate(), "spec.containers")).getFirst());
    }

    /** What the container reads its settings from. */
    String applicationYaml() {
        return String.valueOf(map(at(the("ConfigMap", "rel-dnsproxy"), "data")).get("application.yml"));
    }

    /** What stands at a path of keys with dots between; fails where there is nothing. */
    static Object at(Map<String, Object> object, String path) {
        Object found = object;
        for (String key : path.split("\\.", -1)) {
            Object next = map(found).get(key);
            if (next == null) {
                throw new AssertionError("no " + path + " in " + object);
            }
            found = next;
        }
        return found;
    }

    @SuppressWarnings("unchecked") // keys are strings in all that Helm writes
    static Map<String, Object> map(Object object) {
        return (Map<String, Object>) object;
    }

    static List<Object> list(Object object) {
        return new ArrayList<>((List<?>) object);
    }

    static List<Map<String, Object>> maps(Object object) {
        return list(object).stream().map(Manifests::map).toList();
    }
}
