package io.dnsproxy.conformance;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which tests say that they prove which rows. */
final class ProvenRows {

    private ProvenRows() {}

    /** A test method. */
    record Test(String className, String method) {}

    /** Tests by the row's id, in the order of their names. */
    static Map<String, List<Test>> byId() {
        JavaClasses tests = new ClassFileImporter()
                .withImportOption(new ImportOption.OnlyIncludeTests())
                .importPackages("io.dnsproxy");
        Map<String, List<Test>> byId = new TreeMap<>();
        tests.stream()
                .sorted((a, b) -> a.getName().compareTo(b.getName()))
                .flatMap(type -> type.getMethods().stream())
                .filter(method -> method.isAnnotatedWith(Row.class))
                .sorted((a, b) -> a.getFullName().compareTo(b.getFullName()))
                .forEach(method -> {
                    for (String id : method.getAnnotationOfType(Row.class).value()) {
                        byId.computeIfAbsent(id, first -> new ArrayList<>())
                                .add(new Test(method.getOwner().getSimpleName(), method.getName()));
                    }
                });
        return byId;
    }
}
