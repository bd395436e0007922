package dev.lockkeeper.operator.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.crds.v1alpha1.UpdateQuestion;
import dev.lockkeeper.crds.v1alpha1.Verdict;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpdateTest {

    private static Update update(Verdict verdict, UpdateQuestion question) {
        return new Update("token", "44.1", "44.2", "44.2", verdict, false, question, Instant.EPOCH, "why");
    }

    /** Whoever judged by an old look must not undo what was found out since. */
    @ParameterizedTest
    @CsvSource({
        // before, its question, the other, its question, replaces
        "Updated,       ,         Failed,        ,        false",
        "Updated,       ,         Inconclusive,  Version, false",
        "Failed,        ,         Updated,       ,        true",
        "Failed,        ,         Inconclusive,  ,        false",
        "Failed,        Kubelet,  Failed,        ,        true",
        "Failed,        ,         Failed,        Kubelet, false",
        "RolledBack,    ,         Updated,       ,        true",
        "RolledBack,    ,         Inconclusive,  Rollback, false",
        "Inconclusive,  Rollback, RolledBack,    ,        true",
        "Inconclusive,  Version,  Updated,       ,        true",
        "Inconclusive,  ,         Failed,        ,        false",
        "NeverCameBack, ,         Failed,        ,        true",
        "NeverCameBack, ,         Inconclusive,  Rollback, true",
    })
    void whatMayReplaceWhat(
            Verdict before, UpdateQuestion asked, Verdict other, UpdateQuestion asks, boolean replaces) {
        assertThat(update(other, asks).mayReplace(update(before, asked))).isEqualTo(replaces);
    }
}
