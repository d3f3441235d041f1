package io.dnsproxy.chart;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.gson.Gson;
import com.google.gson.JsonElement;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1DaemonSet;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V2HorizontalPodAutoscaler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the API server would say of an object's form: fields that it does not know, that are missing, of another type, or with a
 * word that is none of those allowed.
 */
final class KubernetesSchema {

    private static final Map<String, Class<?>> KINDS = Map.ofEntries(
            Map.entry("v1/ConfigMap", V1ConfigMap.class),
            Map.entry("v1/Pod", V1Pod.class),
            Map.entry("v1/Service", V1Service.class),
            Map.entry("v1/ServiceAccount", V1ServiceAccount.class),
            Map.entry("apps/v1/DaemonSet", V1DaemonSet.class),
            Map.entry("apps/v1/Deployment", V1Deployment.class),
            Map.entry("autoscaling/v2/HorizontalPodAutoscaler", V2HorizontalPodAutoscaler.class),
            Map.entry("networking.k8s.io/v1/NetworkPolicy", V1NetworkPolicy.class),
            Map.entry("policy/v1/PodDisruptionBudget", V1PodDisruptionBudget.class),
            Map.entry("monitoring.coreos.com/v1/PodMonitor", PodMonitor.class),
            Map.entry("monitoring.coreos.com/v1/PrometheusRule", PrometheusRule.class),
            Map.entry("monitoring.coreos.com/v1/ServiceMonitor", ServiceMonitor.class));

    /** The models take any word for these. */
    private static final Map<String, Set<String>> WORDS = Map.ofEntries(
            Map.entry("protocol", Set.of("UDP", "TCP")),
            Map.entry("imagePullPolicy", Set.of("Always", "IfNotPresent", "Never")),
            Map.entry("dnsPolicy", Set.of("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None")),
            Map.entry("restartPolicy", Set.of("Always", "OnFailure", "Never")),
            Map.entry("ipFamilyPolicy", Set.of("SingleStack", "PreferDualStack", "RequireDualStack")),
            Map.entry("internalTrafficPolicy", Set.of("Cluster", "Local")),
            Map.entry("externalTrafficPolicy", Set.of("Cluster", "Local")),
            Map.entry("trafficDistribution", Set.of("PreferClose", "PreferSameZone", "PreferSameNode")),
            Map.entry("sessionAffinity", Set.of("None", "ClientIP")),
            Map.entry("unhealthyPodEvictionPolicy", Set.of("AlwaysAllow", "IfHealthyBudget")),
            Map.entry("whenUnsatisfiable", Set.of("DoNotSchedule", "ScheduleAnyway")));

    private KubernetesSchema() {}

    /**
     * Checks one object.
     *
     * @throws IllegalArgumentException saying what is wrong
     */
    static void check(Map<String, Object> object) {
        Class<?> model = KINDS.get(object.get("apiVersion") + "/" + object.get("kind"));
        if (model == null) {
            throw new IllegalArgumentException("no model for " + object.get("apiVersion") + "/" + object.get("kind"));
        }
        checkWords(object);
        if (model.getName().startsWith("io.fabric8.")) {
            checkUnknown(new ObjectMapper().convertValue(object, model), model.getSimpleName());
        } else {
            JsonElement json = new Gson().toJsonTree(object);
            call(method(model, "validateJsonElement", JsonElement.class), null, json);
            Objects.requireNonNull(JSON.getGson().fromJson(json, model)); // throws on a wrong type
        }
    }

    private static void checkWords(@Nullable Object value) {
        if (value instanceof Collection<?> all) {
            all.forEach(KubernetesSchema::checkWords);
        } else if (value instanceof Map<?, ?> fields) {
            fields.forEach((name, field) -> {
                Set<String> words = WORDS.get(String.valueOf(name));
                if (words != null && field instanceof String word && !words.contains(word)) {
                    throw new IllegalArgumentException(name + " is " + word + ", none of " + words);
                }
                checkWords(field);
            });
        }
    }

    /** These models keep what they do not know, instead of refusing it. */
    private static void checkUnknown(@Nullable Object value, String path) {
        if (value instanceof Collection<?> all) {
            all.forEach(one -> checkUnknown(one, path));
        } else if (value instanceof Map<?, ?> fields) {
            fields.values().forEach(one -> checkUnknown(one, path));
        } else if (value != null && value.getClass().getName().startsWith("io.fabric8.")) {
            for (Method getter : value.getClass().getMethods()) {
                if (getter.getParameterCount() > 0
                        || !getter.getName().startsWith("get")
                        || getter.getDeclaringClass() == Object.class) {
                    continue;
                }
                Object field = call(getter, value);
                String name = path + "." + getter.getName().substring("get".length());
                if (getter.getName().equals("getAdditionalProperties") && field instanceof Map<?, ?> unknown) {
                    if (!unknown.isEmpty()) {
                        throw new IllegalArgumentException("unknown in " + path + ": " + unknown.keySet());
                    }
                } else {
                    checkUnknown(field, name);
                }
            }
        }
    }

    private static Method method(Class<?> owner, String name, Class<?>... parameters) {
        try {
            return owner.getMethod(name, parameters);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    private static @Nullable Object call(Method method, @Nullable Object target, Object... arguments) {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(
                    String.valueOf(e.getTargetException().getMessage()), e);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
