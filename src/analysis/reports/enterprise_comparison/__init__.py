"""Do enterprises that joined a programme do better than like ones that did not?"""
