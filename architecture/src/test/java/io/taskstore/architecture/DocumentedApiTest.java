package io.taskstore.architecture;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DocumentedApiTest {
    @TempDir
    private Path folder;

    @Test
    void whatSaysWhatItIsPasses() throws IOException {
        source("""
                /** A port. */
                public interface Port {
                    /** {@return the size} */
                    int size();
                    /** What it is like. */
                    enum Kind {
                        /** Small. */
                        SMALL
                    }
                }
                """);
        source("""
                /**
                 * A pair.
                 *
                 * @param a the one
                 */
                public record Pair(int a) {
                    private static final int HIDDEN = 1;
                    void hidden() {}
                    @Override
                    public String toString() { return ""; }
                }
                """);
        source("final class Hidden { public int size() { return 1; } }");

        assertThatCode(() -> DocumentedApi.in(folder.toString()).verify()).doesNotThrowAnyException();
    }

    @Test
    void whatIsPublicAndSaysNothingIsNamed() throws IOException {
        source("public final class Silent { public Silent() {} public void run() {} protected int field; }");
        source("/** A port. */ public interface Port { int size(); enum Kind { SMALL } }");
        source("/** A pair. */ public record Pair(int a) { /** Checks. */ public Pair {} }");

        assertThatThrownBy(() -> DocumentedApi.in(folder.toString()).verify())
                .isInstanceOf(AssertionError.class)
                .hasMessage("""
                        Public, and without a sentence that says what it is:
                        Pair: @param a
                        Port.Kind
                        Port.Kind.SMALL
                        Port.size()
                        Silent
                        Silent.<init>()
                        Silent.field
                        Silent.run()""");
    }

    private void source(String text) throws IOException {
        Files.writeString(folder.resolve("Source" + text.hashCode() + ".java"), text);
    }
}
