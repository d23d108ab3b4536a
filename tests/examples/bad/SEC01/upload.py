import requests

password = "correct-horse-battery-7"
