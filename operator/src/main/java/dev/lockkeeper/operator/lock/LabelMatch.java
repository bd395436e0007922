package dev.lockkeeper.operator.lock;

import io.fabric8.kubernetes.api.model.LabelSelector;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A label selector that can be asked: every label and every requirement must hold, so one without any matches everything.
 *
 * @param labels each must be there with exactly this value
 */
public record LabelMatch(Map<String, String> labels, List<Requirement> requirements) {

    public enum Operator {
        /** The label is there with one of the values. */
        IN("In"),
        /** The label is absent, or has none of the values. */
        NOT_IN("NotIn"),
        EXISTS("Exists"),
        DOES_NOT_EXIST("DoesNotExist");

        private final String text;

        Operator(String text) {
            this.text = text;
        }

        static Operator of(String text) {
            for (Operator operator : values()) {
                if (operator.text.equals(text)) {
                    return operator;
                }
            }
            throw new IllegalArgumentException(
                    "the label selector's operator '" + text + "' is unknown: use In, NotIn, Exists or DoesNotExist");
        }

        boolean takesValues() {
            return this == IN || this == NOT_IN;
        }
    }

    /** @param values empty unless the operator is In or NotIn */
    public record Requirement(String key, Operator operator, Set<String> values) {

        /** @throws IllegalArgumentException if the values do not go with the operator: a selector that is half read would drain the wrong pods */
        public Requirement {
            values = Set.copyOf(values);
            if (operator.takesValues() == values.isEmpty()) {
                throw new IllegalArgumentException("the label selector's requirement on '" + key + "' with "
                        + operator.text + (values.isEmpty() ? " needs values" : " takes no values"));
            }
        }

        boolean matches(Map<String, String> labels) {
            String value = labels.get(key);
            return switch (operator) {
                case IN -> value != null && values.contains(value);
                case NOT_IN -> value == null || !values.contains(value);
                case EXISTS -> value != null;
                case DOES_NOT_EXIST -> value == null;
            };
        }
    }

    public LabelMatch {
        labels = Map.copyOf(labels);
        requirements = List.copyOf(requirements);
    }

    /**
     * @return null for null: what an absent selector means is for the field that holds it to say
     * @throws IllegalArgumentException for an operator that does not exist, or one whose values do not go with it
     */
    public static LabelMatch of(LabelSelector selector) {
        if (selector == null) {
            return null;
        }
        return new LabelMatch(
                selector.getMatchLabels() == null ? Map.of() : selector.getMatchLabels(),
                selector.getMatchExpressions() == null
                        ? List.of()
                        : selector.getMatchExpressions().stream()
                                .map(e -> new Requirement(
                                        e.getKey(),
                                        Operator.of(e.getOperator()),
                                        e.getValues() == null ? Set.of() : Set.copyOf(e.getValues())))
                                .toList());
    }

    /** @param actual the object's labels; null for none */
    public boolean matches(Map<String, String> actual) {
        Map<String, String> present = actual == null ? Map.of() : actual;
        return present.entrySet().containsAll(labels.entrySet())
                && requirements.stream().allMatch(r -> r.matches(present));
    }
}
