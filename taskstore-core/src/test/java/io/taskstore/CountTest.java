package io.taskstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;

final class CountTest {

    @Test
    void itIsWrittenAsPeopleWriteNumbers() {
        assertThat(new Count(0, false)).hasToString("0");
        assertThat(new Count(1_234, false)).hasToString("1,234");
        assertThat(new Count(10_000, true)).hasToString("10,000+");
        assertThat(new Count(Long.MAX_VALUE, false)).hasToString("9,223,372,036,854,775,807");
    }

    @Test
    void itIsWrittenTheSameEverywhere() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            assertThat(new Count(1_234, false)).hasToString("1,234");
        } finally {
            Locale.setDefault(before);
        }
    }
}
