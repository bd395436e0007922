package dev.lockkeeper.operator;

import static dev.lockkeeper.operator.docs.Page.code;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.operator.docs.Page;
import dev.lockkeeper.operator.docs.SourceDocs;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The table of {@code docs/settings.md}: names, types and defaults are those of {@link Settings}, meanings its comments, and bounds what
 * {@link SettingsCheck} says of values that no setting can have.
 */
class SettingsPageTest {

    private static final Pattern FAULT =
            Pattern.compile("Setting (lockkeeper\\.[a-z.-]+) is '.*' and must be (.+): correct it or leave it out\\.");
    private static final Pattern VALUE_OF_ANOTHER = Pattern.compile(", which is \\S+$");
    private static final Pattern DURATION = Pattern.compile("\\b(P[0-9T][0-9DTHMS.]*)\\b");

    private static final Map<Class<?>, List<String>> IMPOSSIBLE = Map.of(
            Duration.class, List.of("PT-1S", "P36500D"),
            int.class, List.of("-2147483648", "2147483647"),
            String.class, List.of("?", "x".repeat(300)));

    private static final Map<String, String> COMMENTS = SourceDocs.of(
            Page.ROOT.resolve("operator/src/main/java/dev/lockkeeper/operator").resolve("Settings.java"));

    /** @param type of the value, though it may be absent */
    private record Setting(String name, Class<?> type, String defaultValue, String meaning) {

        String environment() {
            return name.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_");
        }
    }

    private static Stream<Setting> settings(String prefix, Class<?> group) {
        List<String> order = List.copyOf(COMMENTS.keySet());
        return Arrays.stream(group.getDeclaredMethods())
                .filter(method -> Modifier.isAbstract(method.getModifiers()))
                .sorted(Comparator.comparing(method -> order.indexOf(commentOf(method))))
                .flatMap(method -> {
                    String name = prefix + "." + kebab(method);
                    return method.getReturnType().getEnclosingClass() == Settings.class
                            ? settings(name, method.getReturnType())
                            : Stream.of(new Setting(
                                    name,
                                    typeOf(method.getGenericReturnType()),
                                    defaultOf(method),
                                    COMMENTS.get(commentOf(method))));
                });
    }

    private static String commentOf(Method method) {
        Class<?> type = method.getDeclaringClass();
        return (type == Settings.class ? "Settings." : "Settings." + type.getSimpleName() + ".") + method.getName();
    }

    private static Class<?> typeOf(Type type) {
        if (type instanceof ParameterizedType generic) {
            return generic.getRawType() == Optional.class
                    ? typeOf(generic.getActualTypeArguments()[0])
                    : (Class<?>) generic.getRawType();
        }
        return (Class<?>) type;
    }

    private static String defaultOf(Method method) {
        WithDefault value = method.getAnnotation(WithDefault.class);
        return value == null ? "none" : code(value.value());
    }

    private static String kebab(Method method) {
        WithName name = method.getAnnotation(WithName.class);
        return name != null
                ? name.value()
                : method.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private static String bounds(Setting setting, Function<String, String> names) {
        return IMPOSSIBLE.getOrDefault(setting.type(), List.of()).stream()
                .flatMap(value -> SettingsCheck.faults(SettingsTest.settings(setting.name(), value)).stream())
                .map(FAULT::matcher)
                .filter(Matcher::matches)
                .filter(fault -> fault.group(1).equals(setting.name()))
                .map(fault -> VALUE_OF_ANOTHER.matcher(fault.group(2)).replaceFirst(""))
                .distinct()
                .map(rule -> DURATION.matcher(rule).replaceAll("`$1`"))
                .map(names)
                .collect(Collectors.joining("; "));
    }

    private static String type(Class<?> type) {
        return type == int.class
                ? "number"
                : type == String.class ? "text" : type.getSimpleName().toLowerCase(Locale.ROOT);
    }

    @Test
    void thePageHasEverySettingAsItIs() {
        List<Setting> settings = settings("lockkeeper", Settings.class).toList();
        assertThat(settings)
                .as("the comment in Settings.java says what it is for")
                .allSatisfy(setting -> assertThat(setting.meaning()).isNotBlank());
        // Settings that a rule names.
        Pattern named = Pattern.compile(settings.stream()
                .map(setting -> setting.name().substring("lockkeeper.".length()))
                .filter(name -> name.contains("."))
                .map(Pattern::quote)
                .collect(Collectors.joining("|", "\\b(", ")\\b")));
        StringBuilder table = new StringBuilder(
                "| property | environment variable | default | type and bounds | meaning |\n|---|---|---|---|---|\n");
        for (Setting setting : settings) {
            String bounds = bounds(setting, rule -> named.matcher(rule).replaceAll("`$1`"));
            table.append("| ").append(code(setting.name()));
            table.append(" | ").append(code(setting.environment()));
            table.append(" | ").append(setting.defaultValue());
            table.append(" | ").append(type(setting.type())).append(bounds.isEmpty() ? "" : ": " + bounds);
            table.append(" | ").append(Page.cell(setting.meaning())).append(" |\n");
        }
        assertThat(table).as("bounds are found").contains("`PT0S` to `PT29M`", "less than `leader.lease-duration`");
        Page.of("settings.md").assertPart("settings", table.toString());
    }
}
