package dev.lockkeeper.operator.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelMatchTest {

    @ParameterizedTest
    @CsvSource(textBlock = """
                    In,           a b, a, true
                    In,           a b, c, false
                    In,           a b,  , false
                    NotIn,        a b, a, false
                    NotIn,        a b, c, true
                    NotIn,        a b,  , true
                    Exists,          , a, true
                    Exists,          ,  , false
                    DoesNotExist,    , a, false
                    DoesNotExist,    ,  , true
                    """)
    void asksARequirement(String operator, String values, String actual, boolean matches) {
        LabelMatch match = LabelMatch.of(requirement(operator, values));

        assertThat(match.matches(actual == null ? Map.of("other", "a") : Map.of("pool", actual)))
                .isEqualTo(matches);
    }

    @Test
    void demandsEachLabelAndEachRequirement() {
        LabelMatch match = LabelMatch.of(new LabelSelectorBuilder()
                .addToMatchLabels("app", "db")
                .addToMatchExpressions(new LabelSelectorRequirement("tier", "Exists", List.of()))
                .build());

        assertThat(match.matches(Map.of("app", "db", "tier", "1", "x", "y"))).isTrue();
        assertThat(match.matches(Map.of("app", "web", "tier", "1"))).isFalse();
        assertThat(match.matches(Map.of("app", "db"))).isFalse();
        assertThat(match.matches(Map.of("tier", "1"))).isFalse();
    }

    @Test
    void matchesEverythingWhenEmptyAndIsNullWhenAbsent() {
        assertThat(LabelMatch.of(new LabelSelector()).matches(null)).isTrue();
        assertThat(LabelMatch.of(null)).isNull();
    }

    @Test
    void refusesAnUnknownOperator() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LabelMatch.of(requirement("Gt", "1")))
                .withMessage("the label selector's operator 'Gt' is unknown: use In, NotIn, Exists or DoesNotExist");
    }

    @Test
    void refusesValuesThatDoNotGoWithTheOperator() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LabelMatch.of(requirement("In", null)))
                .withMessage("the label selector's requirement on 'pool' with In needs values");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LabelMatch.of(requirement("Exists", "a")))
                .withMessage("the label selector's requirement on 'pool' with Exists takes no values");
    }

    private static LabelSelector requirement(String operator, String values) {
        return new LabelSelectorBuilder()
                .addToMatchExpressions(new LabelSelectorRequirement(
                        "pool", operator, values == null ? List.of() : List.of(values.split(" "))))
                .build();
    }
}
