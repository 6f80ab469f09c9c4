"""What the project wants to reach; `make bench` puts it beside what was found."""

# Flights at most, per mailbox where a scenario has several.
FLIGHTS = {
    "a_open": 2, "a_open_tls": 4, "a_open_tls_again": 3, "a_vmmain": 5, "a_vmmain_10k": 5, "b_leave60": 5,
    "b_leave500": 5, "c_listen": 15, "d_ast_all": 13, "d_uid_all": 5, "d_copy_all": 22, "e_mwi_ast": 1,
    "e_mwi_ast_later": 0, "e_mwi_ast_asking": 1, "e_mwi_keep": 1, "e_mwi_keep_later": 0, "e_mwi_keep_asking": 1, "f_env10k": 10, "f_envbody10k": 10, "g_flagodd": 1,
}
RECEIVED = {"f_env10k": 4_700_000}  # octets at most
FASTER = 3.0  # 20 ms away, the network is waited for so much shorter in whole operations of Asterisk than with UW's library
INSTRUCTIONS = 0.5  # at most, of quiet UW's
# kB a stream, or octets a message, at most.
MEMORY = {"h_plain": 29.0, "h_tls": 90.0, "h_idle": 29.0, "f_env10k": 1830.0}
SECOND_COUNT = 0.1  # of the server's work for the first count of a large mailbox
