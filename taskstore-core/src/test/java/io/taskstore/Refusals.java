package io.taskstore;

import static org.assertj.core.api.Assertions.assertThat;

/** What each exception of ours has to be: short, fit for a log, silent about payloads, and clear about what is wrong. */
public final class Refusals {

    private static final int LONGEST_MESSAGE = 1_000;
    /** A property, a parameter or a type, and where it helps a key, a member or an index. */
    private static final String FIELD = "(?s)[A-Za-z]+([. \\[].+)?";

    private static final String UNPRINTABLE = "(?s).*[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}].*";

    private Refusals() {}

    /** Looks at the message, and at what it says of the field. */
    public static void verify(TaskStoreException e) {
        assertThat(e.getMessage())
                .isNotBlank()
                .hasSizeLessThan(LONGEST_MESSAGE)
                .doesNotContain(HostileAtoms.SECRET)
                .doesNotMatch(UNPRINTABLE);
        if (e instanceof InvalidInputException refusal) {
            assertThat(refusal.field()).matches(FIELD);
            assertThat(refusal.expected()).isNotBlank();
            assertThat(e.getMessage()).contains(" must be ", ", but ");
        }
    }
}
