package io.taskstore.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/** Whoever rewrites a guard hears of it at once, and not when {@link Mutants} is run again. */
final class GuardsTest {

    private static final Path PROJECT = Path.of("..");

    @Test
    void eachGuardIsWhereItIsSaidToBe() {
        SoftAssertions softly = new SoftAssertions();
        for (Mutant mutant : Guards.ALL) {
            softly.assertThatCode(() -> takeOut(mutant.edits()))
                    .as(mutant.name())
                    .doesNotThrowAnyException();
        }
        softly.assertAll();
    }

    private static void takeOut(List<Mutant.Edit> edits) throws IOException {
        Map<Path, String> texts = new HashMap<>();
        for (Mutant.Edit edit : edits) {
            String known = texts.get(edit.file());
            String text = known == null ? Files.readString(PROJECT.resolve(edit.file())) : known;
            texts.put(edit.file(), edit.in(text));
        }
    }
}
