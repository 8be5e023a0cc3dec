package io.github.tieredquery.jdbc.internal.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code SHOW GRANTS} of MariaDB and MySQL says of triggers: what isn't sure isn't seen. */
class MySqlGrantsTest {

    private static final TableName EVENTS = new TableName("my_app", "events");

    private static boolean seen(String... lines) {
        return new MySqlGrants(List.of(lines), true, true).seeTriggersOf(EVENTS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GRANT ALL PRIVILEGES ON *.* TO `u`@`%` WITH GRANT OPTION",
                "GRANT ALL PRIVILEGES ON *.* TO `u`@`%` IDENTIFIED BY PASSWORD '*AB' WITH GRANT OPTION",
                "GRANT SELECT, INSERT, TRIGGER, CREATE ROLE ON *.* TO `u`@`%`",
                "GRANT SELECT, TRIGGER ON `my_app`.* TO `u`@`%`",
                "GRANT TRIGGER ON `my\\_app`.* TO `u`@`%`",
                "GRANT TRIGGER ON `my%`.* TO `u`@`%`",
                "GRANT SELECT (`id`), TRIGGER ON `my_app`.`events` TO `u`@`%`",
                "GRANT ALL PRIVILEGES ON \"my_app\".\"events\" TO \"u\"@\"%\""
            })
    void a_right_to_triggers_shows_them(String line) {
        assertThat(seen("GRANT USAGE ON *.* TO `u`@`%`", line)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GRANT SELECT, DELETE ON *.* TO `u`@`%`",
                "GRANT TRIGGER ON `myapp`.* TO `u`@`%`",
                "GRANT TRIGGER ON `my\\_ap`.* TO `u`@`%`",
                "GRANT TRIGGER ON `My_app`.* TO `u`@`%`",
                "GRANT TRIGGER ON `my_app`.`Events` TO `u`@`%`",
                "GRANT TRIGGER ON `My_app`.`events` TO `u`@`%`",
                "GRANT TRIGGER ON `my_app`.`others` TO `u`@`%`",
                "GRANT TRIGGER ON `my%`.`events` TO `u`@`%`",
                "GRANT SELECT (`id`, TRIGGER, `x`) ON `my_app`.`events` TO `u`@`%`",
                "GRANT SELECT (id, TRIGGER, x) ON `my_app`.`events` TO `u`@`%`",
                "GRANT SELECT (`a), TRIGGER, (b`) ON `my_app`.`events` TO `u`@`%`",
                "GRANT EXECUTE ON PROCEDURE `my_app`.`events` TO `u`@`%`",
                "GRANT `TRIGGER` TO `u`@`%`",
                "GRANT SYSTEM_VARIABLES_ADMIN ON *.* TO `u`@`%`"
            })
    void no_other_right_does(String line) {
        assertThat(seen("GRANT USAGE ON *.* TO `u`@`%`", line)).isFalse();
    }

    @Test
    void a_right_on_everything_does_not_hold_for_a_database_that_it_is_revoked_for() {
        String everything = "GRANT SELECT, TRIGGER ON *.* TO `u`@`%`";
        assertThat(seen(everything, "REVOKE TRIGGER ON `my_app`.* FROM `u`@`%`"))
                .isFalse();
        assertThat(seen(everything, "REVOKE SELECT, TRIGGER ON `my_app`.* FROM `u`@`%`"))
                .isFalse();
        assertThat(seen(everything, "REVOKE SELECT ON `my_app`.* FROM `u`@`%`")).isTrue();
        assertThat(seen(everything, "REVOKE TRIGGER ON `other`.* FROM `u`@`%`")).isTrue();
        assertThat(seen(
                        everything,
                        "REVOKE TRIGGER ON `my_app`.* FROM `u`@`%`",
                        "GRANT TRIGGER ON `my_app`.`events` TO `u`@`%`"))
                .isTrue();
    }

    @Test
    void where_rights_can_be_revoked_in_part_names_of_databases_are_no_patterns() {
        List<String> lines = List.of("GRANT TRIGGER ON `my_app`.* TO `u`@`%`");
        TableName other = new TableName("myxapp", "events");
        assertThat(new MySqlGrants(lines, true, true).seeTriggersOf(other)).isTrue();
        assertThat(new MySqlGrants(lines, true, false).seeTriggersOf(other)).isFalse();
        assertThat(new MySqlGrants(lines, true, false).seeTriggersOf(EVENTS)).isTrue();
    }

    /** The server takes the rights of the closest one and adds none of the others'. */
    @Test
    void a_pattern_does_not_count_beside_a_grant_on_the_database_itself() {
        String pattern = "GRANT TRIGGER ON `my%`.* TO `u`@`%`";
        assertThat(seen(pattern, "GRANT SELECT ON `my_app`.* TO `u`@`%`")).isFalse();
        assertThat(seen(pattern, "GRANT SELECT ON `my_app`.* TO `reads`")).isTrue();
        assertThat(seen(pattern, "GRANT SELECT ON `other`.* TO `u`@`%`")).isTrue();
    }

    @Test
    void names_differ_by_case_only_where_the_server_says_so() {
        for (String line :
                List.of("GRANT TRIGGER ON `MY_App`.* TO `u`@`%`", "GRANT TRIGGER ON `MY_App`.`EVENTS` TO `u`@`%`")) {
            assertThat(new MySqlGrants(List.of(line), false, true).seeTriggersOf(EVENTS))
                    .isTrue();
            assertThat(new MySqlGrants(List.of(line), false, false).seeTriggersOf(EVENTS))
                    .isTrue();
            assertThat(new MySqlGrants(List.of(line), true, true).seeTriggersOf(EVENTS))
                    .isFalse();
        }
    }
}
